//! An export of a few entries, made with fixed keys: every fault at its place, and the worked example of
//! docs/evidence.md.
#![expect(clippy::unwrap_used, reason = "clippy allows it in tests only, not in their helpers")]

mod evidence {
    pub mod page;
    pub mod sample;
}

use std::collections::BTreeMap;

use evidence::sample::{DEVICE, OTHER, SERVER, Sample, key, public, sign_server, signed};
use p256::ecdsa::SigningKey;
use stackside_core::act::{Act, EntryRef, FileRef, RecordCorrected, RecordSigned, SignedIn, Voided};
use stackside_core::canonical;
use stackside_core::confirmation::{
    Answer, Confirmed, Content, KnownBy, PortalConfirmation, RecordTold, Representative, VisitTold,
};
use stackside_core::evidence::{Entry, Header, PublicKey, Tip, make};
use stackside_core::export::{Export, FileFound};
use stackside_core::geofence::{Presence, PresenceVerdict};
use stackside_core::hash::Hash;
use stackside_core::record::{History, Stamp};
use stackside_core::trust::{Receipt, Signed, Statement};
use stackside_core::verify::{Failure, Fault, Place, Report, Verdict, verify};

fn trusted() -> PublicKey {
    public(&key(SERVER))
}

fn judged(export: &Export) -> Report {
    verify(export, Some(&trusted()))
}

#[test]
fn a_clean_export_holds_and_says_whose_it_is() {
    let sample = Sample::new();
    let report = judged(&sample.export(Some(5)));
    assert_eq!((report.verdict, &report.failure), (Verdict::Trusted, &None));
    assert_eq!((report.entries, report.bodies, report.files, report.not_received), (5, 5, 1, 0));
    assert_eq!(report.operator.unwrap().as_str(), "OP1");
    assert_eq!(report.received.unwrap().seq, 5);
    assert_eq!(
        report.not_understood,
        BTreeMap::from([("weather_noted".to_owned(), 1)]),
        "kept, and reported"
    );
}

/// The export with one more act at its end.
fn with(mut export: Export, act: &Act) -> (Export, EntryRef) {
    let last = export.headers.last().unwrap();
    let Header { device, log, seq, clocks, .. } = Header::read(last).unwrap();
    let tip = Tip { device, log, last: Some((seq, Hash::of(last.as_bytes()))) };
    let (entry, header) = make(act, &tip, None, clocks, &key(DEVICE)).unwrap();
    let mut manifest = export.manifest.verify(&public(&key(DEVICE))).unwrap();
    (manifest.last_seq, manifest.last_hash) = (header.seq, entry.hash());
    manifest.bodies.push(header.seq);
    let named = EntryRef { device, log, seq: header.seq, hash: entry.hash() };
    for file in act.files() {
        export.files.insert(file.sha256, FileFound { sha256: file.sha256, size_bytes: file.size_bytes });
    }
    export.manifest = signed(&manifest, &key(DEVICE));
    export.headers.push(entry.header);
    export.signatures.push(entry.signature);
    export.bodies.insert(header.seq, entry.body);
    (export, named)
}

fn strokes() -> FileRef {
    FileRef { sha256: Hash::of(b"strokes"), size_bytes: 7, media_type: "application/json".into() }
}

fn record(id: &str) -> RecordSigned {
    RecordSigned {
        record: id.parse().unwrap(),
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

#[test]
fn a_later_act_names_exactly_the_version_that_stands_there() {
    let (mine, other) = ("00000000-0000-0000-0000-00000000000a", "00000000-0000-0000-0000-00000000000b");
    let (export, version) = with(Sample::new().export(Some(5)), &Act::RecordSigned(Box::new(record(mine))));
    let corrects = |version: EntryRef, id| {
        let reason = "抄错".into();
        Act::RecordCorrected(Box::new(RecordCorrected { version, reason, content: record(id) }))
    };
    let voids = |version: EntryRef| {
        Act::Voided(Box::new(Voided {
            record: Some(mine.parse().unwrap()),
            visit: None,
            point: "DA001".parse().unwrap(),
            version,
            reason: "错".into(),
            technician: "P1".parse().unwrap(),
            signature: strokes(),
        }))
    };
    let (corrected, second) = with(export.clone(), &corrects(version.clone(), mine));
    let (void, _) = with(corrected, &voids(second.clone()));
    assert_eq!(judged(&void).failure, None);
    let elsewhere =
        EntryRef { log: "00000000-0000-0000-0000-0000000000ff".parse().unwrap(), ..version.clone() };
    assert_eq!(
        judged(&with(export.clone(), &corrects(elsewhere, mine)).0).failure,
        None,
        "its own log's matter"
    );
    for (act, names, why) in [
        (corrects(EntryRef { hash: Hash::of(b"x"), ..version.clone() }, mine), 6, "another hash"),
        (corrects(EntryRef { seq: 5, ..version.clone() }, mine), 5, "another number"),
        (corrects(EntryRef { seq: 7, ..version.clone() }, mine), 7, "itself"),
        (corrects(version, other), 6, "a version of another record"),
        (voids(second), 7, "a version that is not there"),
    ] {
        let failure = judged(&with(export.clone(), &act).0).failure.unwrap();
        assert_eq!(
            failure,
            Failure { place: Place::Entry { seq: 7 }, fault: Fault::About { seq: names } },
            "{why}"
        );
    }
}

#[test]
fn a_history_is_the_same_in_whatever_order_its_entries_come() {
    let id = "00000000-0000-0000-0000-00000000000a";
    let corrects = |version: EntryRef| {
        let reason = format!("更正第 {} 条", version.seq);
        Act::RecordCorrected(Box::new(RecordCorrected { version, reason, content: record(id) }))
    };
    let (export, first) = with(Sample::new().export(Some(5)), &Act::RecordSigned(Box::new(record(id))));
    let (export, second) = with(export, &corrects(first.clone()));
    let (export, third) = with(export, &corrects(second.clone()));
    let entry = |named: &EntryRef| Entry {
        header: export.headers[named.seq as usize - 1].clone(),
        signature: export.signatures[named.seq as usize - 1].clone(),
        body: export.bodies[&named.seq].clone(),
    };
    let [first, second, third] = [&first, &second, &third].map(entry);
    let told = |later: [&Entry; 3]| {
        let history = History::begin(&first).unwrap().go_on(later);
        history.versions().filter_map(|version| version.reason.clone()).collect::<Vec<_>>()
    };
    let in_order = told([&second, &third, &third]);
    assert_eq!(in_order, ["更正第 6 条", "更正第 7 条"], "each once");
    assert_eq!(told([&third, &second, &first]), in_order);
}

#[test]
fn what_no_server_received_is_counted() {
    let sample = Sample::new();
    let report = judged(&sample.export(Some(3)));
    assert_eq!(
        (report.verdict, report.not_received, report.received.unwrap().seq),
        (Verdict::NotReceived, 2, 3)
    );
    let report = judged(&sample.export(None));
    assert_eq!((report.verdict, report.not_received, report.received), (Verdict::NotReceived, 5, None));
}

#[test]
fn without_a_trusted_key_the_signer_is_unknown() {
    let sample = Sample::new();
    let report = verify(&sample.export(Some(3)), None);
    assert_eq!((report.verdict, report.not_received), (Verdict::SignerUnknown, 2));
    let forged = sample.under_server(&key(OTHER)).export(Some(3));
    assert_eq!(verify(&forged, None).verdict, Verdict::SignerUnknown, "consistent in itself");
    let failure = judged(&forged).failure.unwrap();
    assert_eq!(failure.place, Place::Entry { seq: 1 });
    assert_eq!(failure.fault, Fault::Key { key_id: public(&key(OTHER)).id() });
}

#[test]
fn an_export_is_read_back_from_its_texts() {
    let export = Sample::new().export(Some(4));
    let again = Export::read(export.texts().unwrap(), export.files.clone()).unwrap();
    assert_eq!(again, export);
    let mut texts = export.texts().unwrap();
    texts.remove(&stackside_core::export::Item::Headers);
    let missing = Export::read(texts, BTreeMap::new()).unwrap_err();
    assert_eq!(missing, Failure { place: Place::Entry { seq: 1 }, fault: Fault::Missing });
}

/// What is changed, where it shows, and as what.
type Case = (&'static str, fn(&mut Export), Place, Fault);

fn entry(seq: u64) -> Place {
    Place::Entry { seq }
}

#[test]
fn whatever_was_changed_is_named_at_its_place() {
    let photo = Hash::of(b"photo");
    let in_photo = |seq| Place::File { sha256: photo, seq };
    let cases: Vec<Case> = vec![
        ("a header dropped", |e| drop(e.headers.remove(2)), entry(3), Fault::Chain),
        ("its signature dropped", |e| drop(e.signatures.remove(2)), entry(3), Fault::Signature),
        ("the last header dropped", |e| drop(e.headers.pop()), entry(5), Fault::Missing),
        ("all dropped", |e| e.headers.clear(), entry(1), Fault::Missing),
        ("cut after the receipt", |e| cut(e, 4), entry(5), Fault::Missing),
        ("cut before the receipt", |e| cut(e, 2), entry(3), Fault::Missing),
        ("a body replaced", |e| drop(e.bodies.insert(3, e.bodies[&4].clone())), entry(3), Fault::Body),
        ("a body dropped", |e| drop(e.bodies.remove(&3)), entry(3), Fault::BodyMissing),
        ("the certificate dropped", |e| drop(e.bodies.remove(&1)), entry(1), Fault::BodyMissing),
        ("a body put in", |e| drop(e.bodies.insert(6, "{}".into())), entry(6), Fault::Unlisted),
        ("a body before the first", |e| drop(e.bodies.insert(0, "{}".into())), entry(0), Fault::Unlisted),
        ("the kind changed", change_kind, entry(4), Fault::Kind),
        ("another's key", |e| resign(e, 3), entry(3), Fault::Signature),
        ("a photo replaced", |e| found(e, Hash::of(b"other"), 5), in_photo(Some(2)), Fault::File),
        ("a photo longer", |e| found(e, Hash::of(b"photo"), 6), in_photo(Some(2)), Fault::File),
        ("a photo dropped", |e| e.files.clear(), in_photo(Some(2)), Fault::Missing),
        ("a file put in", put_in_a_file, Place::File { sha256: Hash::of(b""), seq: None }, Fault::Unlisted),
        ("the receipt dropped", |e| e.receipt = None, Place::Receipt, Fault::Missing),
        (
            "another log's receipt",
            |e| receipt(e, |r| r.log = "00000000-0000-0000-0000-000000000009".parse().unwrap()),
            Place::Receipt,
            Fault::Log,
        ),
        (
            "another entry's receipt",
            |e| receipt(e, |r| r.hash = Hash::of(b"")),
            entry(3),
            Fault::Hash { statement: "receipt" },
        ),
        (
            "an older receipt",
            |e| receipt(e, |r| r.server_time += chrono::TimeDelta::days(-1)),
            Place::Receipt,
            Fault::Hash { statement: "export" },
        ),
        ("the receipt forged", |e| forged_receipt(e), Place::Receipt, Fault::Signature),
        (
            "another manifest",
            |e| e.manifest = signed(&manifest_of(e), &key(OTHER)),
            Place::Manifest,
            Fault::Key { key_id: public(&key(OTHER)).id() },
        ),
        ("the manifest of a shorter log", |e| remake(e, |m| m.last_seq = 4), entry(5), Fault::Unlisted),
        (
            "of another end",
            |e| remake(e, |m| m.last_hash = Hash::of(b"")),
            entry(5),
            Fault::Hash { statement: "export" },
        ),
        (
            "of another log",
            |e| remake(e, |m| m.log = "00000000-0000-0000-0000-000000000009".parse().unwrap()),
            Place::Manifest,
            Fault::Log,
        ),
        ("of a newer version", |e| remake(e, |m| m.v = 2), Place::Manifest, Fault::Version { v: 2 }),
        ("a body not listed", |e| remake(e, |m| m.bodies.retain(|seq| *seq != 3)), entry(3), Fault::Unlisted),
        (
            "a file said to be absent",
            |e| remake(e, |m| m.absent.push(Hash::of(b"photo"))),
            in_photo(Some(2)),
            Fault::Unlisted,
        ),
    ];
    let clean = Sample::new().export(Some(3));
    for (name, change, place, fault) in cases {
        let mut export = clean.clone();
        change(&mut export);
        assert_eq!(judged(&export).failure, Some(Failure { place, fault }), "{name}");
    }
}

#[test]
fn a_file_that_the_device_no_longer_held_is_reported() {
    let mut export = Sample::new().export(Some(5));
    export.files.clear();
    remake(&mut export, |manifest| manifest.absent.push(Hash::of(b"photo")));
    let report = judged(&export);
    assert_eq!(
        (report.verdict, report.absent, report.files),
        (Verdict::Trusted, vec![Hash::of(b"photo")], 0)
    );
}

#[test]
fn the_first_entry_has_to_name_this_devices_certificate() {
    let mut sample = Sample::new();
    sample.certificate_of("00000000-0000-0000-0000-000000000009");
    let failure = judged(&sample.export(None)).failure.unwrap();
    assert_eq!(failure.to_string(), "entry 1: the certificate does not hold: it is another device's");
}

fn manifest_of(export: &Export) -> stackside_core::export::Manifest {
    export.manifest.read_unverified().unwrap()
}
fn remake(export: &mut Export, change: fn(&mut stackside_core::export::Manifest)) {
    let mut manifest = manifest_of(export);
    change(&mut manifest);
    export.manifest = signed(&manifest, &key(DEVICE));
}
fn receipt(export: &mut Export, change: fn(&mut Receipt)) {
    let mut receipt = export.receipt.as_ref().unwrap().read_unverified().unwrap();
    change(&mut receipt);
    export.receipt = Some(sign_server(&receipt));
}
fn forged_receipt(export: &mut Export) {
    let receipt = export.receipt.as_mut().unwrap();
    assert_eq!(receipt.read_unverified().unwrap().name(), Receipt::NAME);
    receipt.text = receipt.text.replace("\"seq\":3", "\"seq\":4");
}
fn cut(export: &mut Export, length: usize) {
    export.headers.truncate(length);
    export.signatures.truncate(length);
    export.bodies.retain(|seq, _| *seq <= length as u64);
}
fn found(export: &mut Export, sha256: Hash, size_bytes: u64) {
    export.files.insert(Hash::of(b"photo"), FileFound { sha256, size_bytes });
}
fn put_in_a_file(export: &mut Export) {
    export.files.insert(Hash::of(b""), FileFound { sha256: Hash::of(b""), size_bytes: 0 });
}
/// By the device's own key: kind is what it says, but header and body disagree.
fn change_kind(export: &mut Export) {
    let mut header = Header::read(&export.headers[3]).unwrap();
    header.kind = "signed_in".into();
    set_header(export, 3, &header, &key(DEVICE));
}
fn resign(export: &mut Export, seq: u64) {
    let index = usize::try_from(seq).unwrap() - 1;
    let header = Header::read(&export.headers[index]).unwrap();
    set_header(export, index, &header, &key(OTHER));
}
fn set_header(export: &mut Export, index: usize, header: &Header, key: &SigningKey) {
    let text = canonical::to_text(header).unwrap();
    export.signatures[index] = stackside_core::evidence::SignatureText::make(text.as_bytes(), key).unwrap();
    export.headers[index] = text;
}

/// The export with a record of a visit, and what a confirmation of it is about.
fn visited() -> (Export, Content) {
    let visit = "00000000-0000-0000-0000-0000000000aa".parse().unwrap();
    let act = SignedIn {
        visit,
        point: "DA001".parse().unwrap(),
        technician: "P1".parse().unwrap(),
        fixes: vec![],
        presence: PresenceVerdict { presence: Presence::Inside, doubt: None, fix: None, distance_m: None },
        reason: None,
        photo: None,
        plate: None,
    };
    let (export, sign_in) = with(Sample::new().export(Some(5)), &Act::SignedIn(act.clone()));
    let signed = RecordSigned { visit: Some(visit), ..record("00000000-0000-0000-0000-00000000000a") };
    let (export, version) = with(export, &Act::RecordSigned(Box::new(signed.clone())));
    let header = Header::read(export.headers.last().unwrap()).unwrap();
    let stamp = |entry: &EntryRef| {
        let (at, proof) = header.clocks.best_time();
        Stamp { entry: entry.clone(), at, proof, technician: None }
    };
    let history = History::of(stamp(&version), signed);
    let told = RecordTold { history: &history, form: None, instruments: &[], signer: "张三" };
    let content = Content::of(VisitTold {
        sign_in: &stamp(&sign_in),
        act: &act,
        point: "1#烟囱",
        discharger: "示例热电厂",
        technician: "张三",
        records: vec![told],
    });
    (export, content)
}

fn representative() -> Representative {
    Representative::of("李四", "环保专员", "13812345678").unwrap()
}

#[test]
fn a_confirmation_on_the_tablet_is_bound_to_what_was_shown() {
    let (export, content) = visited();
    let confirms = |content: &Content, content_hash| {
        Act::Confirmed(Box::new(Confirmed {
            visit: content.visit,
            point: content.point.clone(),
            content: content.clone(),
            content_hash,
            answer: Answer::Confirms,
            by: representative(),
            signature: strokes(),
            technician: "P1".parse().unwrap(),
        }))
    };
    let hash = content.hash().unwrap();
    assert_eq!(judged(&with(export.clone(), &confirms(&content, hash)).0).failure, None);
    let mut other_words = content.clone();
    other_words.words.records[0].title.zh = "日常巡检".into();
    let mut other_version = content.clone();
    other_version.records[0].version.hash = Hash::of(b"another");
    let other_hash = other_version.hash().unwrap();
    for (act, fault, why) in [
        (confirms(&other_words, hash), Fault::Content, "other words than were signed"),
        (confirms(&other_version, other_hash), Fault::About { seq: 7 }, "a version that is not there"),
    ] {
        let failure = judged(&with(export.clone(), &act).0).failure.unwrap();
        assert_eq!(failure, Failure { place: entry(8), fault }, "{why}");
    }
}

#[test]
fn a_confirmation_in_the_portal_holds_under_the_servers_key_only() {
    let (export, content) = visited();
    let statement = |content: &Content| PortalConfirmation {
        statement: PortalConfirmation::NAME.into(),
        visit: content.visit,
        point: content.point.clone(),
        content: content.clone(),
        content_hash: content.hash().unwrap(),
        answer: Answer::Confirms,
        by: representative(),
        known_by: KnownBy::Link {
            name: "李四".into(), phone: "13812345678".into(), made_by: "anna".into()
        },
        server_time: "2026-11-23T07:00:00Z".parse().unwrap(),
    };
    let carry = |mut export: Export, word: Signed<PortalConfirmation>, is_named: bool| {
        let sha256 = Hash::of(word.text.as_bytes());
        let mut manifest = export.manifest.verify(&public(&key(DEVICE))).unwrap();
        manifest.confirmations = if is_named { vec![sha256] } else { vec![] };
        export.manifest = signed(&manifest, &key(DEVICE));
        export.confirmations.insert(sha256, word);
        (export, sha256)
    };
    let (good, sha256) = carry(export.clone(), sign_server(&statement(&content)), true);
    let report = judged(&good);
    assert_eq!((report.failure, report.confirmations), (None, 1));
    assert_eq!(Export::read(good.texts().unwrap(), good.files.clone()).unwrap(), good);

    let failure_of = |(export, _): (Export, Hash)| judged(&export).failure.map(|failure| failure.fault);
    let forged = Signed::make(&statement(&content), &public(&key(OTHER)), &key(OTHER)).unwrap();
    let key_id = public(&key(OTHER)).id();
    let mut relabelled = forged.clone();
    relabelled.key_id = public(&key(SERVER)).id();
    let mut other = content.clone();
    other.records[0].version.hash = Hash::of(b"another");
    let unbound = PortalConfirmation { content_hash: Hash::of(b"x"), ..statement(&content) };
    for (name, signed, is_named, want) in [
        ("another key", forged, true, Fault::Key { key_id }),
        ("another key under the server's name", relabelled, true, Fault::Signature),
        ("other work", sign_server(&statement(&other)), true, Fault::About { seq: 7 }),
        ("not bound", sign_server(&unbound), true, Fault::Content),
        ("put in later", sign_server(&statement(&content)), false, Fault::Unlisted),
    ] {
        assert_eq!(failure_of(carry(export.clone(), signed, is_named)), Some(want), "{name}");
    }
    let mut left_out = good;
    left_out.confirmations.clear();
    let failure = judged(&left_out).failure.unwrap();
    assert_eq!(failure, Failure { place: Place::Confirmation { sha256 }, fault: Fault::Missing });
}
