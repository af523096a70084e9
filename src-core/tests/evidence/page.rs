//! docs/evidence.md: its example is made here, so it stays true. `STACKSIDE_WRITE=1` writes it anew.

use stackside_core::evidence::PublicKey;
use stackside_core::hash::{Hash, from_hex, to_hex};

use super::sample::{DEVICE, SERVER, Sample, key, public};

const BEGIN: &str = "<!-- the example: made by src-core/tests/evidence/page.rs -->\n";
const END: &str = "<!-- end of the example -->\n";

#[test]
fn the_page_shows_what_the_program_makes() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/evidence.md");
    let page = std::fs::read_to_string(path).unwrap();
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (shown, after) = rest.split_once(END).unwrap();
    let made = example();
    if std::env::var_os("STACKSIDE_WRITE").is_some() {
        std::fs::write(path, [before, BEGIN, &made, END, after].concat()).unwrap();
    } else {
        assert_eq!(shown, made, "write it anew with STACKSIDE_WRITE=1");
    }
}

fn example() -> String {
    let export = Sample::new().export(Some(3));
    let device = public(&key(DEVICE));
    let (second, third) = (&export.headers[1], &export.headers[2]);
    let signature = export.signatures[2].as_str();
    export.signatures[2].verify(third.as_bytes(), &device).unwrap();
    assert!(third.contains(&Hash::of(second.as_bytes()).to_string()), "it names the one before");
    let block = |text: &str| format!("```text\n{text}\n```\n\n");
    [
        "Entry 3 of a log, made with the device key whose 32 bytes are all `01`. Line 3 of `headers.jsonl`, without its line \
         feed:\n\n",
        &block(third),
        "`bodies/000003.json`, its SHA-256 is the header's `body_hash`, its length the `body_len`:\n\n",
        &block(&export.bodies[&3]),
        &block(&format!("{}  {} bytes", Hash::of(export.bodies[&3].as_bytes()), export.bodies[&3].len())),
        "SHA-256 of line 2, which is `prev` in line 3; SHA-256 of line 3, which is the entry's hash and `prev` in line 4:\n\n",
        &block(&format!("{}\n{}", Hash::of(second.as_bytes()), Hash::of(third.as_bytes()))),
        "Line 3 of `signatures.txt`, r then s:\n\n",
        &block(signature),
        "The device's public key, as its certificate names it:\n\n",
        &block(device.as_str()),
        "The same with tools that every system has. They want signature and key in DER:\n\n",
        &format!(
            "```sh\nsed -n 3p headers.jsonl | tr -d '\\n' > header\nsha256sum header bodies/000003.json\necho {} | xxd -r -p > \
             signature\necho {} | xxd -r -p > key\nopenssl dgst -sha256 -verify key -keyform DER -signature signature \
             header\n```\n\n",
            signature_in_der(signature),
            key_in_der(&device)
        ),
        "The certificate in `bodies/000001.json`: `text` is what the server signed, `key_id` names the key, the first 16 hex \
         digits of the SHA-256 of the key's 66 hex digits.\n\n",
        &block(&export.bodies[&1]),
        &block(&format!("server key  {}\nkey id      {}", public(&key(SERVER)).as_str(), public(&key(SERVER)).id())),
        "`receipt.json`, up to entry 3:\n\n",
        &block(&stackside_core::canonical::to_text(export.receipt.as_ref().unwrap()).unwrap()),
        "`manifest.json`, by the device's key:\n\n",
        &block(&stackside_core::canonical::to_text(&export.manifest).unwrap()),
    ]
    .concat()
}

/// An ASN.1 sequence of two integers: these have no leading zero, and one more byte in front where the first bit is set.
fn signature_in_der(signature: &str) -> String {
    let integer = |bytes: &[u8]| {
        let bytes: Vec<u8> = bytes.iter().copied().skip_while(|byte| *byte == 0).collect();
        let bytes = if bytes[0] > 0x7f { [&[0], &bytes[..]].concat() } else { bytes };
        [&[2, u8::try_from(bytes.len()).unwrap()], &bytes[..]].concat()
    };
    let raw = from_hex(signature).unwrap();
    let both = [integer(&raw[..32]), integer(&raw[32..])].concat();
    to_hex(&[&[0x30, u8::try_from(both.len()).unwrap()], &both[..]].concat())
}

/// The fixed head of a compressed P-256 key, then the key.
fn key_in_der(key: &PublicKey) -> String {
    format!("3039301306072a8648ce3d020106082a8648ce3d030107032200{}", key.as_str())
}
