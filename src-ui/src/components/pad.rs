//! The number pad: digits big enough for a gloved thumb, what the field may be, and its last value one tap away.

use leptos::prelude::*;

use crate::texts;

const MINUS: char = '-';

/// Which keys the field wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PadKeys {
    /// False for whole numbers.
    pub has_point: bool,
    /// True if `<0.5` is an answer; such a number has no sign.
    pub has_less: bool,
}

impl Default for PadKeys {
    fn default() -> Self {
        Self { has_point: true, has_less: false }
    }
}

/// The number pad for one field. It keeps the focus where it is, so that a hardware keyboard goes on typing there.
#[component]
pub fn Pad(
    /// The field's name with its unit; nothing while no number is being typed.
    #[prop(into)]
    title: Signal<Option<String>>,
    /// What stands in the field.
    #[prop(into)]
    value: Signal<String>,
    /// What the field may be, in words.
    #[prop(into)]
    allowed: Signal<Option<String>>,
    /// The last value, offered with one tap.
    #[prop(into)]
    last: Signal<Option<String>>,
    /// Which keys it has.
    #[prop(into)]
    keys: Signal<PadKeys>,
    /// Told the text after each key.
    #[prop(into)]
    on_typed: Callback<String>,
    /// Told when the person goes on to the next field.
    #[prop(into)]
    on_next: Callback<()>,
) -> impl IntoView {
    let is_off = Memo::new(move |_| title.with(Option::is_none));
    let press = move |key: char| on_typed.run(value.with_untracked(|text| typed(text, key)));
    let digit = move |key: char, area: &'static str, name: Option<&'static str>| {
        view! {
            <button type="button" class="pad__key" style:grid-area=area aria-label=name disabled=is_off on:click=move |_| press(key)>
                {key}
            </button>
        }
    };
    view! {
        <div
            class="pad num"
            role="group"
            aria-label=texts::NUMBER_PAD.get()
            on:pointerdown=|event| event.prevent_default()
            on:mousedown=|event| event.prevent_default()
        >
            <div class="pad__cap card">
                <div class="pad__name">{move || title.get().unwrap_or_else(|| texts::TAP_A_NUMBER.get().to_owned())}</div>
                <div class="pad__value">{value} <span class="pad__caret" class:pad__caret--off=is_off aria-hidden="true"></span></div>
                <div class="pad__name">{move || allowed.get()} {"\u{00a0}"}</div>
            </div>
            {[
                ('7', "n7"), ('8', "n8"), ('9', "n9"), ('4', "n4"), ('5', "n5"), ('6', "n6"), ('1', "n1"), ('2', "n2"),
                ('3', "n3"), ('0', "n0"),
            ]
                .map(|(key, area)| digit(key, area, None))
                .collect_view()}
            <button
                type="button"
                class="pad__key"
                style:grid-area="dot"
                aria-label=texts::POINT_KEY.get()
                disabled=move || is_off.get() || !keys.get().has_point
                on:click=move |_| press('.')
            >
                "."
            </button>
            {move || {
                let (key, word) = if keys.get().has_less { ('<', texts::LESS_THAN) } else { ('±', texts::PLUS_MINUS) };
                view! {
                    <button type="button" class="pad__key" style:grid-area="sign" aria-label=word.get() disabled=is_off on:click=move |_| press(key)>
                        {key}
                    </button>
                }
            }}
            <button type="button" class="pad__key" style:grid-area="back" aria-label=texts::BACKSPACE.get() disabled=is_off on:click=move |_| press('⌫')>
                "⌫"
            </button>
            <button
                type="button"
                class="pad__key pad__key--last"
                style:grid-area="last"
                disabled=move || is_off.get() || last.with(Option::is_none)
                on:click=move |_| {
                    if let Some(last) = last.get_untracked() {
                        on_typed.run(last);
                    }
                }
            >
                <small>{texts::LAST_VALUE.get()}</small>
                {move || last.get().unwrap_or_else(|| "\u{2014}".to_owned())}
            </button>
            <button type="button" class="pad__key pad__key--next" style:grid-area="next" on:click=move |_| on_next.run(())>
                {texts::NEXT.get()}
            </button>
        </div>
    }
}

/// What stands in the field after a key.
fn typed(text: &str, key: char) -> String {
    match key {
        '⌫' => text.chars().take(text.chars().count().saturating_sub(1)).collect(),
        '±' => match text.strip_prefix([MINUS, '\u{2212}', '－']) {
            Some(rest) => rest.to_owned(),
            None => format!("{MINUS}{text}"),
        },
        '<' => match text.strip_prefix(['<', '＜']) {
            Some(rest) => rest.to_owned(),
            None => format!("<{text}"),
        },
        '.' if text.contains('.') => text.to_owned(),
        '.' if matches!(text, "" | "<" | "-") => format!("{text}0."),
        key => format!("{text}{key}"),
    }
}
