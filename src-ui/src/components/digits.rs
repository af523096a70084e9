//! Entry of a secret of digits: a real password input for keyboards and screen readers, and big keys for thumbs.

use leptos::html;
use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use super::input::LineInput;
use crate::texts;

/// The keys. They write into `value`, at its end.
#[component]
pub fn DigitKeys(
    /// What is typed.
    value: RwSignal<String>,
    /// The most digits.
    most: usize,
) -> impl IntoView {
    let press = move |digit: char| {
        value.update(|value| {
            if value.chars().count() < most {
                value.push(digit);
            }
        });
    };
    let key = move |digit: char| view! { <button type="button" class="digits__key num" on:click=move |_| press(digit)>{digit}</button> };
    view! {
        <div class="digits" role="group" aria-label=texts::DIGITS.get()>
            {['1', '2', '3', '4', '5', '6', '7', '8', '9'].map(key).collect_view()}
            <span></span>
            {key('0')}
            <button
                type="button"
                class="digits__key"
                aria-label=texts::ERASE.get()
                on:click=move |_| {
                    value.update(|value| {
                        value.pop();
                    })
                }
            >
                <Glyph icon=Icon::Erase />
            </button>
        </div>
    }
}

/// A password input for digits only.
#[component]
pub fn DigitInput(
    /// Its id in the page.
    id: &'static str,
    /// Its label.
    #[prop(into)]
    label: String,
    /// What is typed.
    value: RwSignal<String>,
    /// What is wrong with it.
    #[prop(into, optional)]
    complaint: MaybeProp<String>,
    /// To bring the focus here.
    #[prop(optional)]
    node: NodeRef<html::Input>,
    /// What the browser may fill in.
    #[prop(default = "off")]
    autocomplete: &'static str,
) -> impl IntoView {
    view! { <LineInput id label value kind="password" inputmode="numeric" autocomplete complaint node /> }
}
