//! What the server signs: a device's certificate and its receipts (design.md §4). Whoever knows the server's public key
//! can check both without the server.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::canonical::{self, CanonicalError};
use crate::evidence::{MakeError, PublicKey, Sign, SignatureText};
use crate::hash::Hash;
use crate::id::{DeviceId, LogId, OperatorId};

/// A statement with its signature: the signed bytes as they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Signed<T> {
    /// The canonical statement, a JSON text.
    pub text: String,
    /// [`PublicKey::id`] of the signer.
    pub key_id: String,
    /// Its signature.
    pub signature: SignatureText,
    #[serde(skip)]
    statement: std::marker::PhantomData<T>,
}

/// The server's word that a key belongs to a device of an operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Certificate {
    /// Always `certificate`: no statement passes for another.
    pub statement: String,
    /// The device.
    pub device: DeviceId,
    /// Its key.
    pub public_key: PublicKey,
    /// Whose device it is.
    pub operator: OperatorId,
    /// From when on it holds.
    pub valid_from: DateTime<Utc>,
    /// Until when it holds.
    pub valid_until: DateTime<Utc>,
}

/// The server's word that it holds a log up to an entry. "Sent" is shown only on a receipt that names our hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Receipt {
    /// Always `receipt`.
    pub statement: String,
    /// The device.
    pub device: DeviceId,
    /// Its log.
    pub log: LogId,
    /// The highest entry held.
    pub seq: u64,
    /// Its hash.
    pub hash: Hash,
    /// The server's clock.
    pub server_time: DateTime<Utc>,
}

/// The server's word to whom a tablet seals what only its operator may open: copies of its key, exports of unsent work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Recovery {
    /// Always `recovery`.
    pub statement: String,
    /// An X25519 recipient of age, `age1…`.
    pub recipient: String,
}

/// A statement that a server signs.
pub trait Statement: Serialize + DeserializeOwned {
    /// What its `statement` member says.
    const NAME: &'static str;
    /// What it says it is.
    fn name(&self) -> &str;
}
impl Statement for Certificate {
    const NAME: &'static str = "certificate";
    fn name(&self) -> &str {
        &self.statement
    }
}
impl Statement for Receipt {
    const NAME: &'static str = "receipt";
    fn name(&self) -> &str {
        &self.statement
    }
}
impl Statement for Recovery {
    const NAME: &'static str = "recovery";
    fn name(&self) -> &str {
        &self.statement
    }
}

/// Why a statement does not hold.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// Not the canonical JSON of such a statement.
    #[error("not such a statement")]
    Form(#[from] CanonicalError),
    /// It is another statement.
    #[error("a `{0}`, not the statement asked for")]
    Other(String),
    /// Signed by another key.
    #[error("signed by the key `{0}`")]
    Key(String),
    /// The signature does not hold.
    #[error("the signature does not hold")]
    Signature,
}

impl<T: Statement> Signed<T> {
    /// Signs a statement.
    pub fn make<S: Sign>(
        statement: &T,
        public_key: &PublicKey,
        key: &S,
    ) -> Result<Self, MakeError<S::Error>> {
        let text = canonical::to_text(statement)?;
        let signature = SignatureText::make(text.as_bytes(), key)?;
        Ok(Self { text, key_id: public_key.id(), signature, statement: std::marker::PhantomData })
    }
    /// The statement, if `key` signed it.
    pub fn verify(&self, key: &PublicKey) -> Result<T, TrustError> {
        if self.key_id != key.id() {
            return Err(TrustError::Key(self.key_id.clone()));
        }
        self.signature.verify(self.text.as_bytes(), key).map_err(|_| TrustError::Signature)?;
        self.read_unverified()
    }
    /// The statement, whoever signed it: for those who have no key to check it with, and say so.
    pub fn read_unverified(&self) -> Result<T, TrustError> {
        let statement: T = canonical::from_text(&self.text)?;
        if statement.name() == T::NAME {
            Ok(statement)
        } else {
            Err(TrustError::Other(statement.name().to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use p256::ecdsa::SigningKey;
    use uuid::Uuid;

    #[test]
    fn only_the_servers_own_statement_of_the_right_kind_holds() {
        let key = SigningKey::from_slice(&[3; 32]).unwrap();
        let public = PublicKey::of(key.verifying_key());
        let other = PublicKey::of(SigningKey::from_slice(&[4; 32]).unwrap().verifying_key());
        let receipt = Receipt {
            statement: Receipt::NAME.into(),
            device: DeviceId::new(Uuid::nil()),
            log: LogId::new(Uuid::nil()),
            seq: 3,
            hash: Hash::of(b"x"),
            server_time: "2026-11-23T06:00:00Z".parse().unwrap(),
        };
        let signed = Signed::make(&receipt, &public, &key).unwrap();
        assert_eq!(signed.verify(&public).unwrap(), receipt);
        assert!(matches!(signed.verify(&other), Err(TrustError::Key(_))));
        let longer =
            Signed::<Receipt> { text: signed.text.replace("\"seq\":3", "\"seq\":4"), ..signed.clone() };
        assert!(matches!(longer.verify(&public), Err(TrustError::Signature)));
        let relabelled =
            Signed::make(&Receipt { statement: "certificate".into(), ..receipt }, &public, &key).unwrap();
        assert!(matches!(relabelled.verify(&public), Err(TrustError::Other(_))));
    }
}
