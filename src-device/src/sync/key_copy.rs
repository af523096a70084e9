//! The recovery copy goes to the server, once for each device, recipient and key.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use stackside_core::sync::SendFailure;
use stackside_core::wire::KeyCopy;

use super::contact::{self, Server, broken};
use crate::device::Inner;
use crate::key_copy::{FILE_NAME, Left};
use crate::store::setting;

/// Leaves a copy beside the database where there is none for the recipient of today, and sends what was not sent.
pub(super) async fn send(device: &Inner, server: &Server) -> Result<(), SendFailure> {
    device.leave_key_copy().map_err(broken)?;
    let left: Option<Left> = device.store.read(|c| setting::get(c, setting::KEY_COPY)).map_err(broken)?;
    let sent_by = Some(server.enrolled.device);
    let Some(left) = left.filter(|left| left.sent_by != sent_by) else { return Ok(()) };
    let sealed = std::fs::read(device.files.beside(FILE_NAME)).map_err(|error| broken(error.into()))?;
    let copy = KeyCopy { recipient: left.recipient.to_string(), sealed: STANDARD.encode(sealed) };
    let call = contact::call(server.post("/api/v1/key-copy").json(&copy)).await?;
    call.map_err(|refusal| refusal.failure())?;
    device.store.write(|t| setting::put(t, setting::KEY_COPY, &Left { sent_by, ..left })).map_err(broken)
}
