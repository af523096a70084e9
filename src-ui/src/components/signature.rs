//! The signature pad: keeps the strokes with time and pressure, not a picture.

use leptos::ev::PointerEvent;
use leptos::html;
use leptos::prelude::*;
use stackside_core::act::{StrokePoint, Strokes};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use super::icon::{Glyph, Icon};
use crate::texts;

const INK_PX: f64 = 3.2;

/// What has been drawn so far.
#[derive(Debug, Clone, Default)]
struct Drawing {
    strokes: Vec<Vec<StrokePoint>>,
    started_ms: Option<f64>,
    pointer: Option<i32>,
}

/// A box to sign in. `on_done` gets a signature that is one; an empty one is refused here.
#[component]
pub fn SignaturePad(
    /// Told the strokes once the person confirms.
    #[prop(into)]
    on_done: Callback<Strokes>,
    /// Told when the person gives up.
    #[prop(into)]
    on_cancel: Callback<()>,
) -> impl IntoView {
    let canvas = NodeRef::<html::Canvas>::new();
    let drawing = StoredValue::new(Drawing::default());
    let is_blank = RwSignal::new(true);
    let is_refused = RwSignal::new(false);
    let redraw = move || {
        if let Some(canvas) = canvas.try_get_untracked().flatten() {
            drawing.with_value(|drawing| draw_all(&canvas, drawing));
        }
    };
    // Only once the dialog around is open does the box have a size.
    Effect::new(move || {
        if canvas.get().is_some() {
            request_animation_frame(redraw);
        }
    });
    let resized = window_event_listener(leptos::ev::resize, move |_| redraw());
    on_cleanup(move || resized.remove());

    let down = move |event: PointerEvent| {
        let Some(canvas) = canvas.get_untracked() else { return };
        if drawing.with_value(|drawing| drawing.pointer.is_some()) {
            return; // the palm
        }
        event.prevent_default();
        let _ = canvas.set_pointer_capture(event.pointer_id());
        drawing.update_value(|drawing| {
            drawing.pointer = Some(event.pointer_id());
            drawing.strokes.push(Vec::new());
            drawing.take(&canvas, &event);
        });
        is_blank.set(false);
        is_refused.set(false);
        redraw();
    };
    let moved = move |event: PointerEvent| {
        let Some(canvas) = canvas.get_untracked() else { return };
        if drawing.with_value(|drawing| drawing.pointer != Some(event.pointer_id())) {
            return;
        }
        event.prevent_default();
        drawing.update_value(|drawing| {
            for event in coalesced(&event) {
                drawing.take(&canvas, &event);
            }
        });
        redraw();
    };
    let up = move |event: PointerEvent| {
        drawing.update_value(|drawing| {
            if drawing.pointer == Some(event.pointer_id()) {
                drawing.pointer = None;
            }
        });
    };
    let clear = move |_| {
        drawing.set_value(Drawing::default());
        is_blank.set(true);
        is_refused.set(false);
        redraw();
    };
    let done = move |_| {
        let Some(canvas) = canvas.get_untracked() else { return };
        let strokes = Strokes {
            width: canvas.client_width().unsigned_abs(),
            height: canvas.client_height().unsigned_abs(),
            strokes: drawing.with_value(|drawing| drawing.strokes.clone()),
        };
        if strokes.is_signature() {
            on_done.run(strokes);
        } else {
            is_refused.set(true);
        }
    };
    view! {
        <div class="signature">
            <div class="signature__box">
                <canvas
                    node_ref=canvas
                    class="signature__canvas"
                    role="img"
                    aria-label=texts::SIGN_HERE.get()
                    on:pointerdown=down
                    on:pointermove=moved
                    on:pointerup=up
                    on:pointercancel=up
                ></canvas>
                <span class="signature__hint" aria-hidden="true">{move || is_blank.get().then(|| texts::SIGN_HERE.get())}</span>
            </div>
            <p class="signature__refused" role="alert">
                {move || {
                    is_refused.get().then(|| view! { <Glyph icon=Icon::Warn /> <span>{texts::SIGN_EMPTY.get()}</span> })
                }}
            </p>
            <div class="signature__buttons">
                <button type="button" class="btn" disabled=is_blank on:click=clear><Glyph icon=Icon::Erase />{texts::CLEAR.get()}</button>
                <button type="button" class="btn" on:click=move |_| on_cancel.run(())>{texts::CANCEL.get()}</button>
                <button type="button" class="btn btn--main signature__done" on:click=done>
                    <Glyph icon=Icon::Pen />
                    {texts::SIGN_DONE.get()}
                </button>
            </div>
        </div>
    }
}

impl Drawing {
    fn take(&mut self, canvas: &HtmlCanvasElement, event: &PointerEvent) {
        let frame = canvas.get_bounding_client_rect();
        let now = event.time_stamp();
        let started = *self.started_ms.get_or_insert(now);
        let point = StrokePoint {
            x: whole(f64::from(event.client_x()) - frame.left()),
            y: whole(f64::from(event.client_y()) - frame.top()),
            t_ms: whole(now - started).unsigned_abs(),
            pressure: u16::try_from(whole(f64::from(event.pressure()) * 1000.0).clamp(0, 1000)).unwrap_or(0),
        };
        if let Some(stroke) = self.strokes.last_mut()
            && stroke.last().is_none_or(|last| (last.x, last.y) != (point.x, point.y))
        {
            stroke.push(point);
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the cast saturates, and pixels and milliseconds are small"
)]
fn whole(value: f64) -> i32 {
    value.round() as i32
}

/// The events between two frames, where the browser has them.
fn coalesced(event: &PointerEvent) -> Vec<PointerEvent> {
    let name = JsValue::from_str("getCoalescedEvents");
    let all = js_sys::Reflect::get(event, &name)
        .ok()
        .and_then(|function| function.dyn_into::<js_sys::Function>().ok())
        .and_then(|function| function.call0(event).ok())
        .and_then(|all| all.dyn_into::<js_sys::Array>().ok())
        .map(|all| all.iter().filter_map(|one| one.dyn_into().ok()).collect::<Vec<PointerEvent>>());
    all.filter(|all| !all.is_empty()).unwrap_or_else(|| vec![event.clone()])
}

/// Draws all strokes, with as many pixels as the screen has.
fn draw_all(canvas: &HtmlCanvasElement, drawing: &Drawing) {
    let ratio = window().device_pixel_ratio().max(1.0);
    let (width, height) = (f64::from(canvas.client_width()), f64::from(canvas.client_height()));
    let (pixels_x, pixels_y) = (whole(width * ratio).unsigned_abs(), whole(height * ratio).unsigned_abs());
    if (canvas.width(), canvas.height()) != (pixels_x, pixels_y) {
        canvas.set_width(pixels_x);
        canvas.set_height(pixels_y);
    }
    let context =
        canvas.get_context("2d").ok().flatten().and_then(|c| c.dyn_into::<CanvasRenderingContext2d>().ok());
    let Some(context) = context else { return };
    let ink = window()
        .get_computed_style(canvas)
        .ok()
        .flatten()
        .and_then(|style| style.get_property_value("color").ok());
    let ink = ink.unwrap_or_default();
    let _ = context.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0);
    context.clear_rect(0.0, 0.0, width, height);
    context.set_line_cap("round");
    context.set_line_join("round");
    context.set_stroke_style_str(&ink);
    context.set_fill_style_str(&ink);
    for stroke in &drawing.strokes {
        draw(&context, stroke);
    }
}

/// One stroke, smooth: through the middles between its points, with the points as handles.
fn draw(context: &CanvasRenderingContext2d, stroke: &[StrokePoint]) {
    let at = |point: &StrokePoint| (f64::from(point.x), f64::from(point.y));
    if let [only] = stroke {
        let (x, y) = at(only);
        context.begin_path();
        let _ = context.arc(x, y, INK_PX / 2.0, 0.0, std::f64::consts::TAU);
        context.fill();
        return;
    }
    let middle = |a: (f64, f64), b: (f64, f64)| (f64::midpoint(a.0, b.0), f64::midpoint(a.1, b.1));
    let mut from = stroke.first().map(at).unwrap_or_default();
    for pair in stroke.windows(2) {
        let [a, b] = pair else { continue };
        let to = middle(at(a), at(b));
        context.begin_path();
        context.set_line_width(INK_PX * (0.6 + 0.8 * f64::from(b.pressure) / 1000.0));
        context.move_to(from.0, from.1);
        context.quadratic_curve_to(at(a).0, at(a).1, to.0, to.1);
        context.stroke();
        from = to;
    }
}
