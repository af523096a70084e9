//! Canonical JSON (RFC 8785) of strings, booleans, null, arrays, objects and integers below 2^53: the bytes that are
//! hashed and signed. Decimals and coordinates are strings, so no float ever has to be written the same way twice.

use serde::Serialize;
use serde_json::Value;

/// Why a value has no canonical bytes.
#[derive(Debug, thiserror::Error)]
pub enum CanonicalError {
    /// A number with a fraction or at 2^53 or beyond.
    #[error("the number {0} is no integer below 2^53")]
    Number(serde_json::Number),
    /// Nested deeper than anything the app makes.
    #[error("nested too deeply")]
    Depth,
    /// It is no JSON at all.
    #[error("not JSON")]
    Json(#[from] serde_json::Error),
    /// It is JSON, but not in its canonical form.
    #[error("not in canonical form")]
    NotCanonical,
}

const MAX_INTEGER: u64 = 1 << 53;
const MAX_DEPTH: usize = 64;

/// The canonical bytes of a value.
pub fn to_text<T: Serialize>(value: &T) -> Result<String, CanonicalError> {
    let mut text = String::new();
    write(&serde_json::to_value(value)?, &mut text, 0)?;
    Ok(text)
}

/// Reads text that must be in canonical form already.
pub fn from_text<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, CanonicalError> {
    let value: Value = serde_json::from_str(text)?;
    if to_text(&value)? != text {
        return Err(CanonicalError::NotCanonical);
    }
    Ok(serde_json::from_value(value)?)
}

fn write(value: &Value, text: &mut String, depth: usize) -> Result<(), CanonicalError> {
    if depth > MAX_DEPTH {
        return Err(CanonicalError::Depth);
    }
    match value {
        Value::Null | Value::Bool(_) => text.push_str(&value.to_string()),
        Value::Number(number) => {
            let size = number.as_u64().or_else(|| number.as_i64().map(i64::unsigned_abs));
            if size.is_none_or(|size| size >= MAX_INTEGER) {
                return Err(CanonicalError::Number(number.clone()));
            }
            text.push_str(&number.to_string());
        }
        // serde_json escapes exactly what RFC 8785 §3.2.2.2 asks for.
        Value::String(_) => text.push_str(&value.to_string()),
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write(item, text, depth + 1)?;
            }
            text.push(']');
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            text.push('{');
            for (index, (name, item)) in members.into_iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                text.push_str(&Value::String(name.clone()).to_string());
                text.push(':');
                write(item, text, depth + 1)?;
            }
            text.push('}');
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn members_are_sorted_by_utf16_and_nothing_is_padded() {
        let value =
            json!({"b": [1, -2, true, null], "a": "漂移\n\u{7f}/\"", "\u{1f600}": 1, "\u{fb33}": 2, "": {}});
        assert_eq!(
            to_text(&value).unwrap(),
            "{\"\":{},\"a\":\"漂移\\n\u{7f}/\\\"\",\"b\":[1,-2,true,null],\"\u{1f600}\":1,\"\u{fb33}\":2}"
        );
    }

    #[test]
    fn what_another_writer_could_write_differently_is_refused() {
        for bad in [json!(1.5), json!(1e300), json!(9_007_199_254_740_992_u64)] {
            assert!(matches!(to_text(&bad), Err(CanonicalError::Number(_))), "{bad}");
        }
        assert!(to_text(&json!(9_007_199_254_740_991_u64)).is_ok());
    }

    #[test]
    fn only_the_canonical_form_is_read() {
        assert!(from_text::<Value>("{\"a\":1,\"b\":2}").is_ok());
        for other in
            ["{\"b\":2,\"a\":1}", "{ \"a\":1}", "{\"a\":1,\"a\":1}", "{\"a\":\"\\u0041\"}", "{\"a\":1}\n"]
        {
            assert!(matches!(from_text::<Value>(other), Err(CanonicalError::NotCanonical)), "{other}");
        }
        assert!(matches!(from_text::<Value>("{"), Err(CanonicalError::Json(_))));
    }
}
