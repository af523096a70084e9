//! The commands that hand over what no server holds yet.

use std::fs::{self, File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use stackside_core::command::{
    AddHandoverPiece, BeginHandover, CommandError, GiveHandover, HandoverGiven, HandoverTaken,
    HandoverTrouble, TakeHandover,
};
use stackside_core::photo::PIECE_BYTES;

use crate::device::{Device, Handle};
use crate::error::Error;
use crate::handover::Code;

impl Handle<GiveHandover> for Device {
    fn handle(&self, _: GiveHandover) -> Result<HandoverGiven, CommandError> {
        self.0.person()?;
        let path = self.0.new_handover().map_err(Error::from)?;
        Ok(self.0.give_over(&path)?)
    }
}

impl Handle<BeginHandover> for Device {
    fn handle(&self, _: BeginHandover) -> Result<(), CommandError> {
        self.0.person()?;
        File::create(self.0.files.arriving_handover()).map_err(Error::from)?;
        Ok(())
    }
}

impl Handle<AddHandoverPiece> for Device {
    fn handle(&self, AddHandoverPiece { offset, base64 }: AddHandoverPiece) -> Result<(), CommandError> {
        self.0.person()?;
        let damaged = || CommandError::from(HandoverTrouble::Damaged);
        let piece = STANDARD.decode(base64).map_err(|_| damaged())?;
        let path = self.0.files.arriving_handover();
        let mut file = OpenOptions::new().write(true).open(path).map_err(Error::from)?;
        let there = file.metadata().map_err(Error::from)?.len();
        if there != offset || piece.len() > PIECE_BYTES {
            return Err(damaged());
        }
        file.seek(SeekFrom::Start(there)).and_then(|_| file.write_all(&piece)).map_err(|error| {
            // The piece can be sent again once there is space.
            let _ = file.set_len(there);
            Error::from(error).into()
        })
    }
}

impl Handle<TakeHandover> for Device {
    fn handle(&self, TakeHandover { code }: TakeHandover) -> Result<HandoverTaken, CommandError> {
        self.0.person()?;
        let code = Code::read(&code).ok_or(HandoverTrouble::WrongCode)?;
        let path = self.0.files.arriving_handover();
        let taken = self.0.take_over(&path, &code.identity().map_err(Error::from)?)?;
        if let Err(error) = fs::remove_file(path) {
            tracing::warn!(%error, "a handover that was taken stays until the next one");
        }
        Ok(taken)
    }
}
