//! Where a record stands after what its technician and its supervisors did, told as stories.
#![expect(clippy::unwrap_used, reason = "clippy allows it in tests only, not in their helpers")]

use p256::ecdsa::SigningKey;
use stackside_core::act::{Act, Appealed, EntryRef, FileRef, RecordCorrected, RecordSigned, Voided};
use stackside_core::evidence::{self, Entry, PublicKey, Tip};
use stackside_core::hash::Hash;
use stackside_core::id::{DeviceId, LogId, ReviewId};
use stackside_core::record::History;
use stackside_core::review::{Review, ReviewState, ReviewVerdict, Reviewer, Standing};
use stackside_core::trust::{Signed, Statement, TrustError};
use uuid::Uuid;

const RECORD: &str = "00000000-0000-0000-0000-00000000000a";

fn key(byte: u8) -> SigningKey {
    SigningKey::from_slice(&[byte; 32]).unwrap()
}

/// A record's life as it goes on.
struct Life {
    tip: Tip,
    entries: Vec<Entry>,
    /// The versions so far.
    versions: Vec<EntryRef>,
    reviews: Vec<Review>,
}

impl Life {
    fn new() -> Self {
        let tip = Tip::new(DeviceId::new(Uuid::from_u128(1)), LogId::new(Uuid::from_u128(2)));
        Self { tip, entries: vec![], versions: vec![], reviews: vec![] }
    }
    fn tell(&mut self, act: &Act) -> EntryRef {
        let clocks = stackside_core::clock::Clocks {
            wall: "2026-11-23T14:00:00+08:00".parse().unwrap(),
            boot_ms: 1,
            boot_id: "boot".into(),
            satellite: None,
            receipt: None,
        };
        let (entry, header) = evidence::make(act, &self.tip, None, clocks, &key(1)).unwrap();
        self.tip.last = Some((header.seq, entry.hash()));
        let named = EntryRef { device: header.device, log: header.log, seq: header.seq, hash: entry.hash() };
        self.entries.push(entry);
        named
    }
    fn newest(&self) -> EntryRef {
        self.versions.last().unwrap().clone()
    }
    fn go_on(&mut self, step: &str) {
        match step {
            "sign" => {
                let version = self.tell(&Act::RecordSigned(Box::new(content())));
                self.versions.push(version);
            }
            "correct" => {
                let (version, reason) = (self.newest(), "抄错".to_owned());
                let act = RecordCorrected { version, reason, content: content() };
                let version = self.tell(&Act::RecordCorrected(Box::new(act)));
                self.versions.push(version);
            }
            "appeal" => drop(self.tell(&Act::Appealed(Box::new(Appealed {
                record: RECORD.parse().unwrap(),
                visit: None,
                point: "DA001".parse().unwrap(),
                version: self.newest(),
                review: self.reviews.last().unwrap().id,
                reason: "现场就是这样".into(),
                technician: "P1".parse().unwrap(),
                signature: strokes(),
            })))),
            "void" => drop(self.tell(&Act::Voided(Box::new(Voided {
                record: Some(RECORD.parse().unwrap()),
                visit: None,
                point: "DA001".parse().unwrap(),
                version: self.newest(),
                reason: "错".into(),
                technician: "P1".parse().unwrap(),
                signature: strokes(),
            })))),
            "accept" => self.review(ReviewVerdict::Accepted, self.newest()),
            "return" => self.review(ReviewVerdict::Returned, self.newest()),
            "return the first" => self.review(ReviewVerdict::Returned, self.versions[0].clone()),
            other => panic!("{other}"),
        }
    }
    fn review(&mut self, verdict: ReviewVerdict, version: EntryRef) {
        let number = self.reviews.len() as u128 + 1;
        self.reviews.push(Review {
            id: ReviewId::new(Uuid::from_u128(number)),
            version,
            verdict,
            ..review()
        });
    }
    fn state(&self) -> ReviewState {
        let history = History::begin(&self.entries[0]).unwrap().go_on(&self.entries[1..]);
        let told = Standing::of(&history, &self.reviews);
        // Neither the order of entries nor that of reviews says anything.
        let backwards = History::begin(&self.entries[0]).unwrap().go_on(self.entries[1..].iter().rev());
        let reviews: Vec<Review> = self.reviews.iter().rev().cloned().collect();
        assert_eq!(Standing::of(&backwards, &reviews), told);
        told.state
    }
}

fn strokes() -> FileRef {
    FileRef { sha256: Hash::of(b"strokes"), size_bytes: 7, media_type: "application/json".into() }
}

fn content() -> RecordSigned {
    RecordSigned {
        record: RECORD.parse().unwrap(),
        visit: None,
        point: "DA001".parse().unwrap(),
        technician: "P1".parse().unwrap(),
        form: "HJ75-G4".parse().unwrap(),
        form_version: 1,
        rulebook: "CN".parse().unwrap(),
        rulebook_version: 1,
        answers: Default::default(),
        verdicts: vec![],
        photos: vec![],
        signature: strokes(),
        files: vec![],
    }
}

fn review() -> Review {
    Review {
        statement: Review::NAME.into(),
        id: ReviewId::new(Uuid::from_u128(1)),
        record: RECORD.parse().unwrap(),
        version: EntryRef {
            device: DeviceId::new(Uuid::from_u128(1)),
            log: LogId::new(Uuid::from_u128(2)),
            seq: 1,
            hash: Hash::of(b"x"),
        },
        verdict: ReviewVerdict::Returned,
        comments: [
            ("pairs/A1/@2/cems".parse().unwrap(), "与日志不符".to_owned()),
            ("analyser/A1/zero.before".parse().unwrap(), "少一位小数".to_owned()),
        ]
        .into(),
        general: Some("请核对".into()),
        reviewer: Reviewer { name: "anna".into(), role: "supervisor".into() },
        at: "2026-11-23T07:00:00Z".parse().unwrap(),
    }
}

#[test]
fn the_newest_word_on_the_newest_version_counts() {
    use ReviewState::{Accepted, Appealed, Corrected, NotReviewed, Returned};
    let stories: &[&[(&str, ReviewState)]] = &[
        &[("sign", NotReviewed), ("accept", Accepted)],
        &[("sign", NotReviewed), ("return", Returned), ("accept", Accepted), ("return", Returned)],
        &[("sign", NotReviewed), ("return", Returned), ("correct", Corrected), ("accept", Accepted)],
        &[("sign", NotReviewed), ("return", Returned), ("correct", Corrected), ("return", Returned)],
        &[("sign", NotReviewed), ("return", Returned), ("correct", Corrected), ("correct", Corrected)],
        &[("sign", NotReviewed), ("return", Returned), ("appeal", Appealed), ("accept", Accepted)],
        &[
            ("sign", NotReviewed),
            ("return", Returned),
            ("appeal", Appealed),
            ("return", Returned),
            ("appeal", Appealed),
        ],
        &[("sign", NotReviewed), ("return", Returned), ("appeal", Appealed), ("correct", Corrected)],
        &[("sign", NotReviewed), ("correct", NotReviewed)],
        &[("sign", NotReviewed), ("accept", Accepted), ("correct", NotReviewed)],
        // Said of what the supervisor saw, when there was a newer version already.
        &[
            ("sign", NotReviewed),
            ("correct", NotReviewed),
            ("return the first", Corrected),
            ("accept", Accepted),
        ],
        &[
            ("sign", NotReviewed),
            ("correct", NotReviewed),
            ("accept", Accepted),
            ("return the first", Accepted),
        ],
        &[("sign", NotReviewed), ("return", Returned), ("void", NotReviewed)],
    ];
    for story in stories {
        let mut life = Life::new();
        for (step, then) in *story {
            life.go_on(step);
            assert_eq!(life.state(), *then, "{step} in {story:?}");
        }
    }
}

#[test]
fn a_review_is_the_servers_word_and_no_other_statement() {
    let (server, public) = (key(2), PublicKey::of(key(2).verifying_key()));
    let signed = Signed::make(&review(), &public, &server).unwrap();
    assert_eq!(signed.verify(&public).unwrap(), review());
    let mut forged = signed.clone();
    forged.text = signed.text.replace("returned", "accepted");
    assert!(matches!(forged.verify(&public), Err(TrustError::Signature)));
    let other = Review { statement: "receipt".into(), ..review() };
    let relabelled = Signed::make(&other, &public, &server).unwrap();
    assert!(matches!(relabelled.verify(&public), Err(TrustError::Other(_))));
}

#[test]
fn a_correction_begins_with_the_words_and_at_the_first_field_of_the_form() {
    assert_eq!(review().as_reason(500), "请核对；少一位小数；与日志不符");
    assert_eq!(review().as_reason(3), "请核对");
    let definitions = stackside_core::definition::Definitions::built_in().unwrap();
    let form = definitions.form("HJ75-G4", None).unwrap();
    let of = |keys: &[&str]| {
        let comments = keys.iter().map(|key| (key.parse().unwrap(), "?".to_owned())).collect();
        let review = Review { comments, ..review() };
        review.first_comment(form).map(ToString::to_string)
    };
    let (zero, span, gone) = ("analyser/A1/zero.before", "analyser/A1/span.before", "aaa/nobody");
    assert_eq!(of(&[span, gone, zero]).as_deref(), Some(zero));
    assert_eq!(of(&[span, gone]).as_deref(), Some(span));
    assert_eq!(of(&[gone]).as_deref(), Some(gone));
    assert_eq!(of(&[]), None);
}
