//! 企业确认: the page that is handed to the discharger's representative. Nothing of the technician's is on it.

use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_params_map};
use stackside_core::act::Strokes;
use stackside_core::command::{CommandError, Confirm, ConfirmationView, GetConfirmation};
use stackside_core::confirmation::{Answer, Line, RecordWords, Representative};
use stackside_core::form::AnswerError;
use stackside_core::hash::Hash;
use stackside_core::id::VisitId;

use super::signing::Signing;
use crate::components::choice::Choices;
use crate::components::field::{FieldName, FieldTold, Keyboard, LineField};
use crate::components::icon::{Glyph, Icon};
use crate::components::states::{Failed, Loading};
use crate::{shell, texts};

/// What the representative says, before it is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Nothing,
    Confirms,
    Objects,
}

/// What is shown: read once, so that nothing changes under the eyes of who reads it.
type Shown = RwSignal<Option<Result<ConfirmationView, CommandError>>>;

/// The screen.
#[component]
pub fn ConfirmScreen() -> impl IntoView {
    let params = use_params_map();
    let navigate = use_navigate();
    let id = params.with_untracked(|params| params.get("id").and_then(|id| id.parse::<VisitId>().ok()));
    let shown: Shown = RwSignal::new(None);
    let read = move || {
        let Some(visit) = id else { return };
        leptos::task::spawn_local(async move {
            shown.try_set(Some(shell::call(&GetConfirmation { visit }).await));
        });
    };
    read();
    let back = Callback::new(move |()| {
        let path = id.map_or_else(|| "/".to_owned(), |id| format!("/visit/{id}"));
        navigate(&path, Default::default());
    });
    let content = move || match (id, shown.get()) {
        (_, None) | (None, _) => view! { <Loading /> }.into_any(),
        (_, Some(Err(error))) => view! { <Failed error on_retry=move |()| read() /> }.into_any(),
        (Some(visit), Some(Ok(view))) => {
            view! { <Content visit view on_anew=move |()| read() on_back=back /> }.into_any()
        }
    };
    view! {
        <div class="app app--focus">
            <div class="main">
                <header class="bar">
                    <div class="bar__title">
                        <h1>{texts::CONFIRM_TITLE.get()}</h1>
                    </div>
                    <button class="btn" on:click=move |_| back.run(())>{texts::HAND_BACK.get()}</button>
                </header>
                <main class="body confirm">{content}</main>
            </div>
        </div>
    }
}

#[component]
fn Content(
    visit: VisitId,
    view: ConfirmationView,
    #[prop(into)] on_anew: Callback<()>,
    #[prop(into)] on_back: Callback<()>,
) -> impl IntoView {
    let ConfirmationView { content, content_hash, last, .. } = view;
    view! {
        <p class="confirm__why">{texts::CONFIRM_WHY.get()}</p>
        <section class="card">
            <Lines lines=content.words.visit />
        </section>
        {content.words.records.into_iter().map(record).collect_view()}
        <AnswerForm visit content_hash last on_anew on_back />
    }
}

#[component]
fn Lines(lines: Vec<Line>) -> impl IntoView {
    let line = |line: Line| {
        view! {
            <div>
                <dt>{texts::label(&line.name).to_owned()}</dt>
                <dd>{texts::label(&line.says).to_owned()}</dd>
            </div>
        }
    };
    view! { <dl class="confirm__lines">{lines.into_iter().map(line).collect_view()}</dl> }
}

fn record(words: RecordWords) -> impl IntoView {
    view! {
        <section class="card">
            <div class="card__head">
                <h2>{texts::label(&words.title).to_owned()}</h2>
            </div>
            <Lines lines=words.lines />
        </section>
    }
}

/// The fields of the answer, each with its complaint.
#[derive(Clone, Copy)]
struct Fields {
    said: RwSignal<Said>,
    unsaid: RwSignal<bool>,
    reason: Typed,
    name: Typed,
    post: Typed,
    phone: Typed,
}

#[derive(Clone, Copy)]
struct Typed {
    id: &'static str,
    text: RwSignal<String>,
    complaint: RwSignal<Option<String>>,
}

impl Typed {
    fn new(id: &'static str, text: String) -> Self {
        Self { id, text: RwSignal::new(text), complaint: RwSignal::new(None) }
    }

    fn told(self) -> FieldTold {
        FieldTold::typing(move |text| {
            self.complaint.set(None);
            self.text.set(text);
        })
    }

    fn complain(self, words: String) {
        self.complaint.set(Some(words));
        super::record::focus(self.id);
    }
}

impl Fields {
    fn new(last: Option<Representative>) -> Self {
        let Representative { name, post, phone } = last.unwrap_or_else(|| Representative {
            name: String::new(),
            post: String::new(),
            phone: String::new(),
        });
        Self {
            said: RwSignal::new(Said::Nothing),
            unsaid: RwSignal::new(false),
            reason: Typed::new("confirm-reason", String::new()),
            name: Typed::new("confirm-name", name),
            post: Typed::new("confirm-post", post),
            phone: Typed::new("confirm-phone", phone),
        }
    }

    /// What is sent; nothing where something has to be mended first, which is said at its field.
    fn read(self, visit: VisitId, content_hash: Hash, strokes: Strokes) -> Option<Confirm> {
        let answer = match self.said.get_untracked() {
            Said::Nothing => {
                self.unsaid.set(true);
                return None;
            }
            Said::Confirms => Answer::Confirms,
            Said::Objects => Answer::Objects { reason: self.reason.text.get_untracked() },
        };
        if matches!(&answer, Answer::Objects { reason } if reason.trim().is_empty()) {
            self.reason.complain(texts::OBJECTION_MISSING.get().to_owned());
            return None;
        }
        let [name, post, phone] = [self.name, self.post, self.phone].map(|field| field.text.get_untracked());
        match Representative::of(&name, &post, &phone) {
            Ok(_) => Some(Confirm { visit, content_hash, answer, name, post, phone, strokes }),
            Err((field, why)) => {
                self.complain(field, &why);
                None
            }
        }
    }

    fn complain(self, field: &str, why: &AnswerError) {
        let field = match field {
            "name" => self.name,
            "post" => self.post,
            "phone" => self.phone,
            _ => self.reason,
        };
        field.complain(texts::answer_error(why));
    }
}

#[component]
fn AnswerForm(
    visit: VisitId,
    content_hash: Hash,
    last: Option<Representative>,
    #[prop(into)] on_anew: Callback<()>,
    #[prop(into)] on_back: Callback<()>,
) -> impl IntoView {
    let fields = Fields::new(last);
    let make = move |strokes: Strokes| fields.read(visit, content_hash, strokes);
    let refusal = move |error: CommandError| {
        let anew = error == CommandError::ContentChanged;
        view! {
            <p>{texts::command_error(&error)}</p>
            {anew.then(|| view! {
                <button type="button" class="btn" on:click=move |_| on_anew.run(())>{texts::CONFIRM_READ_ANEW.get()}</button>
            })}
        }
        .into_any()
    };
    let choose = move |said| {
        fields.unsaid.set(false);
        fields.said.set(said);
    };
    let options = vec![(Said::Confirms, texts::CONFIRMS.get()), (Said::Objects, texts::OBJECTS.get())];
    let field = |typed: Typed, label: &str, keyboard| {
        let name = FieldName { required: true, ..FieldName::new(typed.id, label) };
        view! { <LineField name value=typed.text complaint=typed.complaint keyboard stamp=None told=typed.told() /> }
    };
    view! {
        <section class="card confirm__answer">
            <Choices label=texts::CONFIRM_SAID.get() name="confirm-said" options chosen=fields.said on_choose=choose />
            <div role="alert">
                {move || fields.unsaid.get().then(|| view! {
                    <p class="visit__refused"><Glyph icon=Icon::Warn /><span>{texts::CONFIRM_CHOOSE.get()}</span></p>
                })}
            </div>
            {move || (fields.said.get() == Said::Objects).then(|| {
                let name = FieldName {
                    required: true,
                    hint: Some(texts::OBJECTION_HINT.get().to_owned()),
                    ..FieldName::new(fields.reason.id, texts::OBJECTION.get())
                };
                let typed = fields.reason;
                view! { <LineField name value=typed.text complaint=typed.complaint keyboard=Keyboard::Text stamp=None told=typed.told() /> }
            })}
            <div class="confirm__who">
                {field(fields.name, texts::CONFIRM_NAME.get(), Keyboard::Text)}
                {field(fields.post, texts::CONFIRM_POST.get(), Keyboard::Text)}
                {field(fields.phone, texts::CONFIRM_PHONE.get(), Keyboard::Text)}
            </div>
            <Signing<Confirm> make done=texts::CONFIRM_DONE refusal on_done=on_back on_cancel=on_back />
        </section>
    }
}
