//! Plain HTTP from code that blocks, by the device's own client.

use std::sync::LazyLock;

use reqwest::{Client, RequestBuilder, StatusCode, header::HeaderMap};

use crate::Result;
use crate::wait::runtime;

static CLIENT: LazyLock<std::result::Result<Client, String>> =
    LazyLock::new(|| stackside_device::http::client(None).map_err(|error| error.to_string()));

/// The client.
pub fn client() -> Result<Client> {
    Ok(CLIENT.clone()?)
}

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
    /// The answer, if it says that it went well.
    pub fn ok(self, what: &str) -> Result<Self> {
        if self.status.is_success() {
            return Ok(self);
        }
        let text: String = self.text().chars().take(300).collect();
        Err(format!("{what}: {} {text}", self.status).into())
    }
}

/// Sends and takes in the whole answer.
pub fn send(request: RequestBuilder) -> Result<Answer> {
    runtime().block_on(async {
        let response = request.send().await?;
        let (status, headers) = (response.status(), response.headers().clone());
        Ok(Answer { status, headers, body: response.bytes().await?.to_vec() })
    })
}
