//! The screens of Stackside (Leptos, wasm).

mod app;
mod components;
mod live;
mod photo;
mod screens;
mod shell;
mod texts;

fn main() {
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(app::App);
}
