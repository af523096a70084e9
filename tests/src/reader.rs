//! A second tablet that only reads: what the server gives back over HTTP, and the portal as a person sees it.

use p256::ecdsa::SigningKey;
use reqwest::RequestBuilder;
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use stackside_core::evidence::PublicKey;
use stackside_core::hash::Hash;
use stackside_core::id::{DeviceId, RecordId};
use stackside_core::wire::{Change, ChangesReply, EnrolReply, EnrolRequest, RecordElsewhere, WIRE_VERSION};
use uuid::Uuid;

use crate::{Result, http};

/// An enrolled device that sends nothing.
pub struct Reader {
    url: String,
    token: String,
}

impl Reader {
    /// Is taken in by a one-time code.
    pub fn enrol(url: &str, code: &str) -> Result<Self> {
        let device = DeviceId::new(Uuid::now_v7());
        let key = SigningKey::from_slice(&Hash::of(device.to_string().as_bytes()).bytes()[..])?;
        let request = EnrolRequest {
            code: code.to_owned(),
            device,
            public_key: PublicKey::of(key.verifying_key()),
            model: "reader".to_owned(),
            app_version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        let call = http::client()?.post(format!("{url}/api/v1/enrol")).json(&request);
        let reply: EnrolReply = serde_json::from_slice(&http::send(call)?.ok("enrol")?.body)?;
        Ok(Self { url: url.to_owned(), token: reply.token })
    }
    fn get(&self, path: &str) -> Result<RequestBuilder> {
        Ok(http::client()?.get(format!("{}/api/v1/{path}", self.url)).bearer_auth(&self.token))
    }
    /// All changes from the beginning on.
    pub fn changes(&self) -> Result<Vec<Change>> {
        let (mut all, mut cursor) = (vec![], 0);
        loop {
            let answer = http::send(self.get(&format!("changes?since={cursor}&wire={WIRE_VERSION}"))?)?
                .ok("changes")?;
            let page: ChangesReply = serde_json::from_slice(&answer.body)?;
            all.extend(page.changes);
            if !page.more {
                return Ok(all);
            }
            cursor = page.cursor;
        }
    }
    /// The records among them.
    pub fn records(&self) -> Result<Vec<RecordElsewhere>> {
        let record = |change| if let Change::Record(record) = change { Some(*record) } else { None };
        Ok(self.changes()?.into_iter().filter_map(record).collect())
    }
    /// Their ids, sorted.
    pub fn record_ids(&self) -> Result<Vec<RecordId>> {
        let mut ids: Vec<RecordId> = self.records()?.iter().map(|copy| copy.content.record).collect();
        ids.sort();
        Ok(ids)
    }
    /// The bytes of a file.
    pub fn file(&self, sha256: Hash) -> Result<Vec<u8>> {
        Ok(http::send(self.get(&format!("files/{sha256}"))?)?.ok("file")?.body)
    }
}

/// A person who is logged in to the portal.
pub struct Visitor {
    url: String,
    cookie: String,
}

impl Visitor {
    /// Logs in as a browser would.
    pub fn log_in(url: &str, login: &str, password: &str) -> Result<Self> {
        let form = format!("login={login}&password={password}");
        let call = http::client()?
            .post(format!("{url}/login"))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", url)
            .body(form);
        let answer = http::send(call)?;
        let cookies: Vec<&str> = answer
            .headers
            .get_all(SET_COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok()?.split(';').next())
            .collect();
        if cookies.is_empty() || answer.status.is_client_error() {
            return Err(format!("the portal did not let {login} in: {}", answer.status).into());
        }
        Ok(Self { url: url.to_owned(), cookie: cookies.join("; ") })
    }
    /// A page's HTML; a page that sends to the login is an error.
    pub fn page(&self, path: &str) -> Result<String> {
        let answer =
            http::send(http::client()?.get(format!("{}{path}", self.url)).header(COOKIE, &self.cookie))?;
        if let Some(elsewhere) = answer.headers.get(LOCATION) {
            return Err(format!("{path} sends to {elsewhere:?}").into());
        }
        Ok(answer.ok(path)?.text())
    }
    /// Reviews the newest version of a record, by the form on its page.
    pub fn review(&self, record: RecordId, verdict: &str, fields: &[(&str, &str)]) -> Result<()> {
        let page = self.page(&format!("/records/{record}"))?;
        let hidden = |name: &str| {
            let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\""))?;
            Some(rest.split('"').next()?.to_owned())
        };
        let (Some(version), Some(seen)) = (hidden("version"), hidden("seen")) else {
            return Err("the page has no form to review it".into());
        };
        let own = [("version", version.as_str()), ("seen", &seen), ("verdict", verdict)];
        let pairs = own.iter().chain(fields).map(|(name, text)| format!("{}={}", encode(name), encode(text)));
        let call = http::client()?
            .post(format!("{}/records/{record}/review", self.url))
            .header(COOKIE, &self.cookie)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", &self.url)
            .body(pairs.collect::<Vec<_>>().join("&"));
        let answer = http::send(call)?;
        match answer.status.is_redirection() {
            true => Ok(()),
            false => Err(format!("the review was not taken: {}", answer.status).into()),
        }
    }
}

/// As it may stand in a form that is sent.
fn encode(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric();
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).into() } else { format!("%{byte:02X}") })
        .collect()
}
