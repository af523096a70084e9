//! Makes this tablet one of an operator's.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use stackside_core::act::Act;
use stackside_core::command::CommandError;
use stackside_core::evidence::Tip;
use stackside_core::id::{DeviceId, LogId};
use stackside_core::sync::SendFailure;
use stackside_core::wire::{EnrolReply, EnrolRequest, WireErrorCode};

use super::contact;
use crate::device::{Inner, new_id};
use crate::error::Error;
use crate::http::{client, server_address};
use crate::seal::{self, Recipient};
use crate::store::entry::{self, Subject};
use crate::store::setting::{self, Enrolled};
use crate::store::{definition, pin, register};

/// How long the first sync may take before the screen goes on without it.
const FIRST_SYNC: Duration = Duration::from_secs(60);

/// Makes a key, asks the server, opens a log; then a first sync, so that the people are there.
pub(crate) fn enrol(device: &Arc<Inner>, server: &str, code: &str) -> Result<(), Error> {
    let server = server_address(server).ok_or(CommandError::Address)?;
    let id = DeviceId::new(new_id());
    let public_key = device.keys.create(id)?;
    let request = EnrolRequest {
        code: code.trim().to_owned(),
        device: id,
        public_key: public_key.clone(),
        model: device.model.clone(),
        app_version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let reply = runtime.block_on(ask(&server, &request))?;
    let certificate = reply.certificate.verify(&reply.server_key).map_err(|_| CommandError::NotOurServer)?;
    if certificate.device != id
        || certificate.public_key != public_key
        || certificate.operator != reply.operator.id
    {
        return Err(CommandError::NotOurServer.into());
    }
    let recipient = match &reply.recovery {
        Some(recovery) => seal::named(recovery, &reply.server_key).map_err(|_| CommandError::NotOurServer)?,
        None => None,
    };
    device.keys.save_token(id, &reply.token)?;
    let enrolled = Enrolled {
        device: id,
        operator: certificate.operator.clone(),
        server,
        server_key: reply.server_key.clone(),
        certificate: reply.certificate.clone(),
        valid_until: certificate.valid_until,
    };
    write(device, &enrolled, &reply, recipient.as_ref())?;
    if let Err(error) = device.leave_key_copy() {
        tracing::error!(%error, "no recovery copy of the key yet");
    }
    device.sync.clear_fork();
    device.sync.round(FIRST_SYNC);
    device.care.wake();
    Ok(())
}

/// The rows of an enrolment and the first entry of its log, in one transaction.
fn write(
    device: &Inner,
    enrolled: &Enrolled,
    reply: &EnrolReply,
    recipient: Option<&Recipient>,
) -> Result<(), Error> {
    let clocks = device.clocks()?;
    let _turn = device.log_turn.lock().unwrap_or_else(PoisonError::into_inner);
    let before = device.store.read(|c| match entry::current(c)? {
        Some(log) => Ok(Some((entry::tip(c, &log)?, log))),
        None => Ok(None),
    })?;
    let certificate = reply.certificate.clone();
    let act = match before {
        None => Act::Enrolled { certificate },
        Some((tip, log)) => Act::Recovered {
            certificate,
            old_log: log.id,
            last_hash: tip.last.map(|(_, hash)| hash),
            last_receipt: log.receipt,
        },
    };
    let log = LogId::new(new_id());
    let (first, header) = device.make(&act, &Tip::new(enrolled.device, log), None, &clocks)?;
    device.store.write(|t| {
        entry::open_log(t, log, enrolled.device)?;
        entry::add(t, &first, &header, &Subject::default())?;
        register::clear(t)?;
        definition::forget_server(t)?;
        register::put_operator(t, &reply.operator)?;
        setting::put(t, setting::CURSOR, &0_u64)?;
        let old: Option<Enrolled> = setting::get(t, setting::ENROLMENT)?;
        if old.is_some_and(|old| old.operator != enrolled.operator) {
            pin::forget_all(t)?;
        }
        match recipient {
            Some(recipient) => setting::put(t, setting::RECIPIENT, recipient)?,
            None => setting::remove(t, setting::RECIPIENT)?,
        }
        setting::put(t, setting::ENROLMENT, enrolled)
    })?;
    device.reread_definitions()?;
    device.leave();
    Ok(())
}

async fn ask(server: &str, request: &EnrolRequest) -> Result<EnrolReply, Error> {
    let client = client(None).map_err(Error::broken)?;
    contact::greet(&client, server).await.map_err(|failure| for_screen(&failure))?;
    let call = contact::call(client.post(format!("{server}/api/v1/enrol")).json(request)).await;
    match call.map_err(|failure| for_screen(&failure))? {
        Ok(response) => response.json().await.map_err(|_| CommandError::NotOurServer.into()),
        Err(refusal) if refusal.code() == Some(WireErrorCode::Code) => Err(CommandError::EnrolCode.into()),
        Err(refusal) => Err(for_screen(&refusal.failure())),
    }
}

fn for_screen(failure: &SendFailure) -> Error {
    match failure {
        SendFailure::Later { after: Some(after) } => {
            let wait_s = u32::try_from(after.as_secs()).unwrap_or(u32::MAX);
            CommandError::TooManyTries { wait_s }.into()
        }
        SendFailure::Offline | SendFailure::Later { .. } => CommandError::Offline.into(),
        SendFailure::NotOurServer | SendFailure::Untrusted | SendFailure::WrongClock => {
            CommandError::NotOurServer.into()
        }
        other => Error::broken(format!("enrolment: {other:?}")),
    }
}
