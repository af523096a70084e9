//! The one way to an HTTP client, and the one rule for addresses.

use std::net::IpAddr;
use std::time::Duration;

use reqwest::{Certificate, Client, Url, redirect};

const SILENCE: Duration = Duration::from_secs(30);

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
#[error("no HTTP client: {0}")]
pub struct ClientError(#[from] reqwest::Error);

/// A client that trusts `ca` alone, or else the public roots; it follows no redirect, for a login page of a network is
/// no server of ours.
///
/// reqwest's default verifier panics on Android and the system's OpenSSL is not ours: always this function.
pub fn client(ca: Option<Certificate>) -> Result<Client, ClientError> {
    client_that_waits(ca, SILENCE)
}

/// As [`client`]; a call ends once the server has said nothing for `silence`.
#[expect(clippy::disallowed_methods, reason = "the one place where a client is built, with our roots")]
pub fn client_that_waits(ca: Option<Certificate>, silence: Duration) -> Result<Client, ClientError> {
    // Twice is harmless: the first provider stays.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = match ca {
        Some(ca) => Client::builder().tls_certs_only([ca]),
        None => Client::builder().tls_backend_preconfigured(public_roots()),
    };
    Ok(builder
        .redirect(redirect::Policy::none())
        .connect_timeout(Duration::from_secs(10))
        .read_timeout(silence)
        .user_agent(concat!("stackside/", env!("CARGO_PKG_VERSION")))
        .build()?)
}

fn public_roots() -> rustls::ClientConfig {
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let mut config = rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config
}

/// A server's address: https, or plain http to this machine itself; without path, query or user.
pub fn server_address(text: &str) -> Option<String> {
    let url: Url = text.trim().parse().ok()?;
    let host = url.host_str()?;
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    let loopback = host == "localhost" || address.is_ok_and(|address| address.is_loopback());
    let plain = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let nobody = url.username().is_empty() && url.password().is_none();
    let secure = url.scheme() == "https" || (url.scheme() == "http" && loopback);
    (plain && nobody && secure).then(|| url.as_str().trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_or_this_machine_is_a_servers_address() {
        for (text, want) in [
            ("https://stackside.example", Some("https://stackside.example")),
            (" https://stackside.example:8443/ ", Some("https://stackside.example:8443")),
            ("http://127.0.0.1:8080", Some("http://127.0.0.1:8080")),
            ("http://localhost:8080", Some("http://localhost:8080")),
            ("http://[::1]:8080", Some("http://[::1]:8080")),
            ("http://stackside.example", None),
            ("http://127.0.0.1.example", None),
            ("http://localhost@example.com", None),
            ("ftp://127.0.0.1", None),
            ("https://user:word@stackside.example", None),
            ("https://stackside.example/login", None),
            ("stackside.example", None),
            ("", None),
        ] {
            assert_eq!(server_address(text).as_deref(), want, "{text:?}");
        }
    }

    #[test]
    fn a_client_is_built_from_the_public_roots() {
        client(None).unwrap();
    }
}
