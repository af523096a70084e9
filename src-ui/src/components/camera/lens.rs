//! The browser's camera: opened, looked through, lit, shot, closed.

use js_sys::{Array, Function, Object, Promise, Reflect, Uint8Array};
use stackside_core::photo::MAX_PIXELS;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, CanvasRenderingContext2d, HtmlCanvasElement, HtmlVideoElement, MediaStream, MediaStreamTrack,
};

const WIDTH: u32 = 4608;
const HEIGHT: u32 = 3456;
const SHUTTER_MS: u32 = 8_000;
const JPEG_QUALITY: f64 = 0.92;

/// Why there is no picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LensError {
    /// No camera, or a web view that has none.
    NoCamera,
    /// The person or the system said no.
    Denied,
    /// It opened, and took nothing.
    Failed,
}

/// An open camera; it closes when dropped.
#[derive(Debug)]
pub struct Lens {
    stream: MediaStream,
    track: MediaStreamTrack,
    /// True if the camera has a light.
    pub has_torch: bool,
}

impl Drop for Lens {
    fn drop(&mut self) {
        for track in self.stream.get_tracks().iter() {
            if let Ok(track) = track.dyn_into::<MediaStreamTrack>() {
                track.stop();
            }
        }
    }
}

impl Lens {
    /// Opens the camera on the tablet's back.
    pub async fn open() -> Result<Self, LensError> {
        let devices =
            leptos::prelude::window().navigator().media_devices().map_err(|_| LensError::NoCamera)?;
        if AsRef::<JsValue>::as_ref(&devices).is_undefined() {
            return Err(LensError::NoCamera);
        }
        let ideal = |value: JsValue| object(&[("ideal", value)]);
        let video = object(&[
            ("facingMode", "environment".into()),
            ("width", ideal(WIDTH.into())),
            ("height", ideal(HEIGHT.into())),
        ]);
        let constraints: web_sys::MediaStreamConstraints = object(&[("video", video)]).unchecked_into();
        let asked = devices.get_user_media_with_constraints(&constraints).map_err(|_| LensError::NoCamera)?;
        let stream = JsFuture::from(asked).await.map_err(|error| why(&error))?;
        let stream: MediaStream = stream.dyn_into().map_err(|_| LensError::NoCamera)?;
        let track: MediaStreamTrack =
            stream.get_video_tracks().get(0).dyn_into().map_err(|_| LensError::NoCamera)?;
        let has_torch = method(&track, "getCapabilities", &[])
            .and_then(|abilities| Reflect::get(&abilities, &"torch".into()).ok())
            .is_some_and(|torch| torch.is_truthy());
        Ok(Self { stream, track, has_torch })
    }

    /// Shows what the camera sees.
    pub fn show_on(&self, video: &HtmlVideoElement) {
        video.set_src_object(Some(&self.stream));
        if let Ok(playing) = video.play() {
            wasm_bindgen_futures::spawn_local(async move {
                let _ = JsFuture::from(playing).await;
            });
        }
    }

    /// Switches the light.
    pub fn set_torch(&self, on: bool) {
        let wanted = object(&[("advanced", Array::of1(&object(&[("torch", on.into())])).into())]);
        if let Some(promise) = method(&self.track, "applyConstraints", &[wanted]) {
            wasm_bindgen_futures::spawn_local(async move {
                let _ = JsFuture::from(Promise::resolve(&promise)).await;
            });
        }
    }

    /// Takes a photo: by the camera's own still mode if there is one, otherwise the frame on the screen.
    pub async fn shoot(&self, video: &HtmlVideoElement) -> Result<Blob, LensError> {
        match self.still().await {
            Some(blob) if blob.size() > 0.0 => Ok(blob),
            _ => frame(video).await.ok_or(LensError::Failed),
        }
    }

    async fn still(&self) -> Option<Blob> {
        let maker: Function =
            Reflect::get(&js_sys::global(), &"ImageCapture".into()).ok()?.dyn_into().ok()?;
        let capture = Reflect::construct(&maker, &Array::of1(&self.track)).ok()?;
        let settings = match settled(method(&capture, "getPhotoCapabilities", &[])?).await {
            Some(abilities) => bounded(&abilities),
            None => None,
        };
        let arguments: Vec<JsValue> = settings.into_iter().collect();
        settled(method(&capture, "takePhoto", &arguments)?).await?.dyn_into().ok()
    }
}

/// The bytes of a photo or file.
pub async fn bytes(blob: &Blob) -> Result<Vec<u8>, LensError> {
    let buffer = JsFuture::from(blob.array_buffer()).await.map_err(|_| LensError::Failed)?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

/// The largest size that the camera offers and that we take; nothing if its own default will do.
fn bounded(abilities: &JsValue) -> Option<JsValue> {
    let most = |name: &str| {
        let range = Reflect::get(abilities, &name.into()).ok()?;
        Reflect::get(&range, &"max".into()).ok()?.as_f64().filter(|most| *most >= 1.0)
    };
    let (width, height) = (most("imageWidth")?, most("imageHeight")?);
    let limit = pixels(MAX_PIXELS);
    let shrink = (limit / (width * height)).sqrt().min(1.0);
    Some(object(&[
        ("imageWidth", (width * shrink).floor().into()),
        ("imageHeight", (height * shrink).floor().into()),
    ]))
}

#[expect(clippy::cast_precision_loss, reason = "16 million is exact")]
fn pixels(count: u64) -> f64 {
    count as f64
}

/// What stands on the screen now, as a JPEG.
async fn frame(video: &HtmlVideoElement) -> Option<Blob> {
    let (width, height) = (video.video_width(), video.video_height());
    if width == 0 || height == 0 {
        return None;
    }
    let shrink = (pixels(MAX_PIXELS) / (f64::from(width) * f64::from(height))).sqrt().min(1.0);
    let canvas: HtmlCanvasElement =
        leptos::prelude::document().create_element("canvas").ok()?.dyn_into().ok()?;
    let (wide, high) = ((f64::from(width) * shrink).floor(), (f64::from(height) * shrink).floor());
    let _ = Reflect::set(&canvas, &"width".into(), &wide.into());
    let _ = Reflect::set(&canvas, &"height".into(), &high.into());
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    context.draw_image_with_html_video_element_and_dw_and_dh(video, 0.0, 0.0, wide, high).ok()?;
    let drawn = Promise::new(&mut |done, _| {
        let _ = canvas.to_blob_with_type_and_encoder_options(&done, "image/jpeg", &JPEG_QUALITY.into());
    });
    JsFuture::from(drawn).await.ok()?.dyn_into().ok()
}

/// A promise's value; nothing if it fails or takes too long: some cameras never answer.
async fn settled(promise: JsValue) -> Option<JsValue> {
    let late = Promise::new(&mut |_, fail| {
        leptos::prelude::set_timeout(
            move || {
                let _ = fail.call0(&JsValue::NULL);
            },
            std::time::Duration::from_millis(SHUTTER_MS.into()),
        );
    });
    JsFuture::from(Promise::race(&Array::of2(&promise, &late))).await.ok()
}

fn method(on: &JsValue, name: &str, arguments: &[JsValue]) -> Option<JsValue> {
    let function: Function = Reflect::get(on, &name.into()).ok()?.dyn_into().ok()?;
    function.apply(on, &arguments.iter().collect::<Array>()).ok()
}

fn object(fields: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object.into()
}

fn why(error: &JsValue) -> LensError {
    let name = error.dyn_ref::<web_sys::DomException>().map(web_sys::DomException::name).unwrap_or_default();
    match name.as_str() {
        "NotAllowedError" | "SecurityError" => LensError::Denied,
        _ => LensError::NoCamera,
    }
}
