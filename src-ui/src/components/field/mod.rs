//! Fields of a form: the label above, the complaint below, real inputs between. They check nothing themselves.

mod check;
mod choice;

use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use crate::texts;

pub use check::CheckField;
pub use choice::{ChoiceField, ChoicesField};

/// How a field is named on the page and for people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldName {
    /// Its id in the page.
    pub id: String,
    /// Its label.
    pub label: String,
    /// A short word on how to fill it.
    pub hint: Option<String>,
    /// True if it has to be filled.
    pub required: bool,
    /// True in a table, whose head names the column: the label is there for screen readers only.
    pub is_bare: bool,
    /// True if a [`Complaint`] with this name stands elsewhere.
    pub is_told_elsewhere: bool,
}

impl FieldName {
    /// A field outside a form.
    pub fn new(id: impl Into<String>, label: impl Into<String>) -> Self {
        Self { id: id.into(), label: label.into(), ..Self::default() }
    }
    fn complaint_id(&self) -> String {
        format!("{}-why", self.id)
    }
    fn label_class(&self) -> &'static str {
        match (self.is_bare, self.required) {
            (true, _) => "sr-only",
            (false, true) => "field__label field__label--must",
            (false, false) => "field__label",
        }
    }
    fn must(&self) -> Option<&'static str> {
        self.required.then_some("true")
    }
    /// What stands under the box: the hint, and what is wrong.
    fn under(&self, complaint: Signal<Option<String>>) -> impl IntoView + use<> {
        let hint = self.hint.clone().map(|hint| view! { <p class="field__hint">{hint}</p> });
        let name = self.clone();
        view! {
            {hint}
            {(!name.is_told_elsewhere).then(|| view! { <Complaint name complaint /> })}
        }
    }
}

/// Which keyboard belongs to a line of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keyboard {
    /// The app's own number pad; a hardware keyboard types all the same.
    Pad,
    /// The system's, for numbers.
    Number,
    /// The system's.
    Text,
}

impl Keyboard {
    fn mode(self) -> &'static str {
        match self {
            Self::Pad => "none",
            Self::Number => "decimal",
            Self::Text => "text",
        }
    }
}

/// What happens in a field.
#[derive(Debug, Clone, Copy)]
pub struct FieldTold {
    /// Told the text after each change.
    pub typed: Callback<String>,
    /// Told when the focus comes.
    pub entered: Callback<()>,
    /// Told when the focus goes.
    pub left: Callback<()>,
    /// Told when the person is done with it (Enter).
    pub done: Callback<()>,
}

impl FieldTold {
    /// For a field that only takes what is typed.
    pub fn typing(typed: impl Fn(String) + Send + Sync + 'static) -> Self {
        let nothing = Callback::new(|()| ());
        Self { typed: Callback::new(typed), entered: nothing, left: nothing, done: nothing }
    }

    /// Enter goes on, as the pad's button does.
    fn done_by(&self, event: &leptos::ev::KeyboardEvent) {
        if event.key() == "Enter" && !event.is_composing() {
            event.prevent_default();
            self.done.run(());
        }
    }

    /// The focus went; with a field that is taken out of the page it goes after what hears of it is gone.
    fn blurred(&self) {
        let _ = self.left.try_run(());
    }
}

/// What is wrong with a field. `with_name` puts the field's label before it: where it does not stand right below.
#[component]
pub fn Complaint(
    /// Id and label of the field.
    name: FieldName,
    /// What is wrong with it.
    #[prop(into)]
    complaint: Signal<Option<String>>,
    /// True to say which field is meant.
    #[prop(optional)]
    with_name: bool,
) -> impl IntoView {
    let label = name.label.clone();
    let words = move |why: String| if with_name { texts::complaint_of(&label, &why) } else { why };
    view! {
        <p class="field__why" id=name.complaint_id() aria-live="polite">
            {move || complaint.get().map(|why| view! { <Glyph icon=Icon::Warn /> <span>{words(why)}</span> })}
        </p>
    }
}

/// One line: a number, a text, a date or a time. `stamp` is a button's word and what it does, such as 现在.
#[component]
pub fn LineField(
    /// Id and label.
    name: FieldName,
    /// What stands in it.
    #[prop(into)]
    value: Signal<String>,
    /// What is wrong with it.
    #[prop(into)]
    complaint: Signal<Option<String>>,
    /// Which keyboard it wants.
    keyboard: Keyboard,
    /// True while the number pad types here.
    #[prop(into, optional)]
    is_on: Signal<bool>,
    /// Fills it by itself.
    #[prop(optional_no_strip)]
    stamp: Option<(&'static str, Callback<()>)>,
    /// What happens in it.
    told: FieldTold,
) -> impl IntoView {
    let numeric = keyboard != Keyboard::Text;
    view! {
        <div class="field">
            <label class=name.label_class() for=name.id.clone()>{name.label.clone()}</label>
            <div class="field__line">
                <input
                    id=name.id.clone()
                    class="field__box num"
                    class:field__box--number=numeric
                    class:field__box--on=is_on
                    type="text"
                    inputmode=keyboard.mode()
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    enterkeyhint="next"
                    aria-required=name.must()
                    aria-invalid=move || complaint.with(|why| why.is_some().then_some("true"))
                    aria-describedby=name.complaint_id()
                    prop:value=value
                    on:input=move |event| told.typed.run(event_target_value(&event))
                    on:focus=move |_| told.entered.run(())
                    on:blur=move |_| told.blurred()
                    on:keydown=move |event| told.done_by(&event)
                />
                {stamp
                    .map(|(word, stamp)| {
                        view! {
                            <button class="btn btn--soft" type="button" on:click=move |_| stamp.run(())>{word}</button>
                        }
                    })}
            </div>
            {name.under(complaint)}
        </div>
    }
}

/// Several lines of text.
#[component]
pub fn TextField(
    /// Id and label.
    name: FieldName,
    /// What stands in it.
    #[prop(into)]
    value: Signal<String>,
    /// What is wrong with it.
    #[prop(into)]
    complaint: Signal<Option<String>>,
    /// An example of what to write.
    #[prop(optional)]
    hint: &'static str,
    /// How many lines it shows.
    #[prop(default = 3)]
    rows: u8,
    /// What happens in it.
    told: FieldTold,
) -> impl IntoView {
    view! {
        <div class="field field--wide">
            <label class=name.label_class() for=name.id.clone()>{name.label.clone()}</label>
            <textarea
                id=name.id.clone()
                class="field__box field__box--text"
                rows=rows.to_string()
                placeholder=hint
                aria-required=name.must()
                aria-invalid=move || complaint.with(|why| why.is_some().then_some("true"))
                aria-describedby=name.complaint_id()
                prop:value=value
                on:input=move |event| told.typed.run(event_target_value(&event))
                on:focus=move |_| told.entered.run(())
                on:blur=move |_| told.blurred()
            ></textarea>
            {name.under(complaint)}
        </div>
    }
}

/// A value that was known before anyone typed, or that is computed: dashed. With `on_replace` a tap offers to replace it.
#[component]
pub fn GivenField(
    /// Id and label.
    name: FieldName,
    /// What is shown.
    #[prop(into)]
    value: Signal<String>,
    /// What is wrong with it.
    #[prop(into)]
    complaint: Signal<Option<String>>,
    /// True once a person replaced it.
    #[prop(into, optional)]
    is_replaced: Signal<bool>,
    /// True for numbers: they stand on the right.
    #[prop(optional)]
    is_number: bool,
    /// Told when the person wants another value.
    #[prop(optional_no_strip)]
    on_replace: Option<Callback<()>>,
) -> impl IntoView {
    let label_id = format!("{}-label", name.id);
    let names = format!("{label_id} {}", name.id);
    let shown =
        move || value.with(|value| if value.is_empty() { "\u{2014}".to_owned() } else { value.clone() });
    let mark = move || {
        is_replaced.get().then(|| view! { <small class="field__mark">{texts::REPLACED.get()}</small> })
    };
    let described = name.complaint_id();
    let value = match on_replace {
        Some(on_replace) => view! {
            <button
                type="button"
                id=name.id.clone()
                class="field__box field__box--given num"
                class:field__box--number=is_number
                aria-labelledby=names
                aria-describedby=described
                title=texts::TO_REPLACE.get()
                on:click=move |_| on_replace.run(())
            >
                <span>{shown}</span>
                {mark}
            </button>
        }
        .into_any(),
        None => view! {
            <output
                id=name.id.clone()
                class="field__box field__box--given field__box--still num"
                class:field__box--number=is_number
                aria-labelledby=label_id.clone()
                aria-live="off"
            >
                <span>{shown}</span>
                {mark}
            </output>
        }
        .into_any(),
    };
    view! {
        <div class="field">
            <span class=name.label_class() id=label_id>{name.label.clone()}</span>
            {value}
            {name.under(complaint)}
        </div>
    }
}
