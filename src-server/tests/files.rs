//! Files come up by tus: cut, resumed, checked by their hash, read back.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod support;

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::http::StatusCode;
use serde_json::json;
use stackside_core::hash::Hash;
use stackside_core::wire::{MissingReply, WireErrorCode};
use support::{City, Tablet, photo};

/// A body that breaks off after its bytes, as a cut line does.
struct Cut(Option<Bytes>);

impl HttpBody for Cut {
    type Data = Bytes;
    type Error = std::io::Error;
    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
        Poll::Ready(Some(match self.0.take() {
            Some(bytes) => Ok(http_body::Frame::data(bytes)),
            None => Err(std::io::ErrorKind::ConnectionReset.into()),
        }))
    }
}

async fn missing(city: &City, tablet: &Tablet, hash: Hash) -> MissingReply {
    let body = json!({ "files": [hash] }).to_string();
    city.send("POST", "/api/v1/files/missing", &[("authorization", &tablet.bearer())], body).await.json()
}

#[tokio::test]
async fn an_upload_that_was_cut_goes_on_where_it_stopped() {
    let city = City::new();
    let tablet = city.tablet().await;
    let (photo, hash) = (photo(), Hash::of(&photo()));
    assert_eq!(missing(&city, &tablet, hash).await.missing, [hash]);
    let created = tablet.create(&city, &hash, photo.len()).await;
    assert_eq!((created.status, created.header("upload-offset")), (StatusCode::CREATED, "0"));
    assert_eq!(created.header("tus-resumable"), "1.0.0");
    let location = created.header("location").to_owned();

    let cut = Body::new(Cut(Some(Bytes::copy_from_slice(&photo[..100_000]))));
    assert!(!tablet.patch(&city, &location, 0, cut).await.status.is_success());
    let head = tablet.tus(&city, "HEAD", &location, &[], "").await;
    assert_eq!(head.header("upload-offset"), "100000", "what arrived before the cut is kept");
    let again = tablet.create(&city, &hash, photo.len()).await;
    assert_eq!((again.header("location"), again.header("upload-offset")), (location.as_str(), "100000"));

    let wrong = tablet.patch(&city, &location, 0, photo.clone()).await;
    assert_eq!(wrong.status, StatusCode::CONFLICT, "a wrong offset changes nothing");
    let too_long = tablet.patch(&city, &location, 100_000, photo.clone()).await;
    assert_eq!(too_long.status, StatusCode::PAYLOAD_TOO_LARGE);
    let rest = tablet.patch(&city, &location, 100_000, photo[100_000..].to_vec()).await;
    assert_eq!(
        (rest.status, rest.header("upload-offset")),
        (StatusCode::NO_CONTENT, &*photo.len().to_string())
    );

    let held = missing(&city, &tablet, hash).await;
    assert_eq!((held.missing.len(), held.held[0].size_bytes), (0, photo.len() as u64));
    assert_eq!(tablet.get(&city, &format!("/api/v1/files/{hash}")).await.body, photo, "byte for byte");
    let complete = tablet.create(&city, &hash, photo.len()).await;
    assert_eq!(
        (complete.status, complete.header("upload-offset")),
        (StatusCode::CREATED, &*photo.len().to_string())
    );
    let kept = tablet.tus(&city, "DELETE", complete.header("location"), &[], "").await;
    assert_eq!(kept.status, StatusCode::FORBIDDEN, "evidence is not deleted");

    let name = hash.to_string();
    std::fs::write(city.folder.path().join("data/files").join(&name[..2]).join(&name), b"short").unwrap();
    assert_eq!(missing(&city, &tablet, hash).await.missing, [hash], "a damaged file is not held");
    let afresh = tablet.create(&city, &hash, photo.len()).await;
    assert_eq!(afresh.header("upload-offset"), "0");
}

#[tokio::test]
async fn a_file_that_is_not_its_hash_is_dropped() {
    let city = City::new();
    let tablet = city.tablet().await;
    let hash = Hash::of(b"something else");
    let location = tablet.create(&city, &hash, 4).await.header("location").to_owned();
    let reply = tablet.patch(&city, &location, 0, "lies").await;
    assert_eq!((reply.status.as_u16(), reply.code()), (460, WireErrorCode::Refused));
    assert_eq!(tablet.tus(&city, "HEAD", &location, &[], "").await.status, StatusCode::NOT_FOUND);
    assert_eq!(missing(&city, &tablet, hash).await.missing, [hash]);
    assert_eq!(std::fs::read_dir(city.folder.path().join("data/uploads")).unwrap().count(), 0);
}

#[tokio::test]
async fn an_upload_is_its_devices_own_and_can_be_ended() {
    let city = City::new();
    let (tablet, other) = (city.tablet().await, city.tablet().await);
    let location = tablet.create(&city, &Hash::of(b"x"), 10).await.header("location").to_owned();
    for method in ["HEAD", "DELETE"] {
        assert_eq!(
            other.tus(&city, method, &location, &[], "").await.status,
            StatusCode::NOT_FOUND,
            "{method}"
        );
    }
    assert_eq!(other.patch(&city, &location, 0, "x").await.status, StatusCode::NOT_FOUND);
    assert_eq!(tablet.tus(&city, "DELETE", &location, &[], "").await.status, StatusCode::NO_CONTENT);
    assert_eq!(tablet.tus(&city, "HEAD", &location, &[], "").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_protocol_is_kept_to() {
    let city = City::new();
    let tablet = city.tablet().await;
    let bearer = tablet.bearer();
    let options = tablet.tus(&city, "OPTIONS", "/api/v1/files", &[], "").await;
    assert_eq!(options.header("tus-version"), "1.0.0");
    assert_eq!(options.header("tus-extension"), "creation,termination");
    assert_eq!(options.header("tus-max-size"), (40 * 1024 * 1024).to_string());
    let old =
        city.send("POST", "/api/v1/files", &[("authorization", &bearer), ("tus-resumable", "0.2")], "").await;
    assert_eq!(old.status, StatusCode::PRECONDITION_FAILED);
    for (what, length, status) in [
        ("too large", 40 * 1024 * 1024 + 1, StatusCode::PAYLOAD_TOO_LARGE),
        ("empty", 0, StatusCode::BAD_REQUEST),
    ] {
        assert_eq!(tablet.create(&city, &Hash::of(b"x"), length).await.status, status, "{what}");
    }
    let bare = tablet.tus(&city, "POST", "/api/v1/files", &[("upload-length", "3")], "").await;
    assert_eq!(bare.status, StatusCode::BAD_REQUEST, "no sha256");
    let location = tablet.create(&city, &Hash::of(b"abc"), 3).await.header("location").to_owned();
    let plain = tablet.tus(&city, "PATCH", &location, &[("upload-offset", "0")], "abc").await;
    assert_eq!(plain.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn an_upload_that_nobody_goes_on_with_is_let_go_of_after_seven_days() {
    let city = City::new();
    let tablet = city.tablet().await;
    let (given_up, alive) = (photo(), b"a photo that is still coming".to_vec());
    let mut locations = vec![];
    for bytes in [&given_up, &alive] {
        let created = tablet.create(&city, &Hash::of(bytes), bytes.len()).await;
        let location = created.header("location").to_owned();
        let cut = Body::new(Cut(Some(Bytes::copy_from_slice(&bytes[..10]))));
        tablet.patch(&city, &location, 0, cut).await;
        locations.push(location);
    }
    let touch = |location: &str, at: chrono::DateTime<chrono::Utc>| {
        let id = location.rsplit('/').next().unwrap();
        let parts = std::fs::read_dir(city.folder.path().join("data/uploads")).unwrap();
        let part = parts.map(|part| part.unwrap().path()).find(|part| part.to_str().unwrap().contains(id));
        std::fs::File::options().write(true).open(part.unwrap()).unwrap().set_modified(at.into()).unwrap();
    };
    touch(&locations[0], support::START.parse().unwrap());
    touch(&locations[1], support::START.parse().unwrap());
    city.wait(7 * 86_400);
    assert_eq!(city.app.drop_abandoned_uploads().unwrap(), 0, "to the second, not a day early");
    city.wait(1);
    touch(&locations[1], city.app.now());
    assert_eq!(city.app.drop_abandoned_uploads().unwrap(), 1);
    let gone = tablet.tus(&city, "HEAD", &locations[0], &[], "").await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    let going_on = tablet.tus(&city, "HEAD", &locations[1], &[], "").await;
    assert_eq!(going_on.header("upload-offset"), "10");
    tablet.upload(&city, &given_up).await;
    assert!(missing(&city, &tablet, Hash::of(&given_up)).await.missing.is_empty(), "begun again, it arrives");
}
