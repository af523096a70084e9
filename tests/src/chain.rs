//! Chains of evidence, checked as anyone can check them.

use stackside_core::act::Act;
use stackside_core::evidence::{Entry, PublicKey, Tip};
use stackside_core::id::DeviceId;
use stackside_server::App;

use crate::Result;

/// The kinds of a chain that holds from its first entry on, by the certificate in it.
pub fn kinds(entries: &[Entry], server: &PublicKey) -> Result<Vec<String>> {
    let Some(first) = entries.first() else { return Ok(vec![]) };
    let Act::Enrolled { certificate } = first.read_act()? else { return Err("no certificate".into()) };
    let key = certificate.verify(server)?.public_key;
    let header = first.read_header()?;
    let mut tip = Tip::new(header.device, header.log);
    let mut kinds = Vec::new();
    for entry in entries {
        let header = entry.verify(&key)?;
        tip.follow(&header, entry.hash())?;
        kinds.push(header.kind);
    }
    Ok(kinds)
}

/// What the server holds of a device, log by log.
pub fn on_server(app: &App, device: DeviceId) -> Result<Vec<Entry>> {
    app.store().read_now(|tx| {
        let query = "SELECT header, signature, body FROM entry WHERE device = ?1 ORDER BY log, seq";
        let mut statement = tx.prepare(query)?;
        let texts =
            statement.query_map([device.to_string()], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?]))?;
        let mut entries = Vec::new();
        for text in texts {
            let [header, signature, body]: [String; 3] = text?;
            entries.push(Entry { header, signature: serde_json::from_value(signature.into())?, body });
        }
        Ok(entries)
    })
}

/// A number that a query on the server's database gives.
pub fn count(app: &App, query: &str) -> Result<u64> {
    app.store().read_now(|tx| Ok(tx.query_row(query, [], |row| row.get::<_, i64>(0))?.unsigned_abs()))
}
