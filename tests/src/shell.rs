//! What stands behind the screens: a device in this process, or one behind the development host.

use serde_json::Value;
use stackside_core::command::{Command, CommandError};

/// Why a command has no reply.
#[derive(Debug, thiserror::Error)]
pub enum ShellError {
    /// The device says why.
    #[error("{command}: {error} ({error:?})")]
    Command {
        /// The command's name.
        command: &'static str,
        /// Why.
        error: CommandError,
    },
    /// Nobody answered, or in no known form.
    #[error("{command}: {story}")]
    Gone {
        /// The command's name.
        command: &'static str,
        /// What happened.
        story: String,
    },
}

/// What a command comes to, as JSON.
pub type Reply = Result<Result<Value, CommandError>, String>;

/// Answers commands.
pub trait Shell {
    /// Hands a command on as JSON; the outer error means that nobody answered.
    fn ask(&self, name: &'static str, args: Value) -> Reply;

    /// Hands a command on.
    fn call<C: Command>(&self, command: &C) -> Result<C::Reply, ShellError> {
        let gone = |story: String| ShellError::Gone { command: C::NAME, story };
        let args = serde_json::to_value(command).map_err(|error| gone(error.to_string()))?;
        let reply = self.ask(C::NAME, args).map_err(gone)?;
        let reply = reply.map_err(|error| ShellError::Command { command: C::NAME, error })?;
        serde_json::from_value(reply).map_err(|error| gone(error.to_string()))
    }
}
