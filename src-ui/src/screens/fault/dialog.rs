//! Noting a step of a fault, or a new fault: when, in words, and what goes with it.

use chrono::{DateTime, NaiveDateTime, Utc};
use leptos::prelude::*;
use stackside_core::clock::{from_shanghai, shown_time};
use stackside_core::command::{AddFaultStep, CommandError, FaultStepLine, FaultView, GetPoint, StartFault};
use stackside_core::fault::{ChangeKind, FaultPart, Step, StepKind};
use stackside_core::form::AnswerError;
use stackside_core::id::{FaultId, PointId};
use stackside_core::register::Instrument;

use crate::app::Shared;
use crate::components::dialog::Dialog;
use crate::components::field::{ChoiceField, FieldName, FieldTold, Keyboard, LineField, TextField};
use crate::components::icon::{Glyph, Icon};
use crate::components::notice::Notice;
use crate::live::live;
use crate::{shell, texts};

/// A step that is about to be noted.
#[derive(Debug, Clone, PartialEq)]
pub struct Noting {
    kind: StepKind,
    instead: Option<FaultStepLine>,
}

impl Noting {
    /// A new one.
    pub fn new(kind: StepKind) -> Self {
        Self { kind, instead: None }
    }
    /// One in the place of another.
    pub fn instead_of(step: FaultStepLine) -> Self {
        Self { kind: step.step.kind(), instead: Some(step) }
    }
}

/// What is typed into the dialog, and what is wrong with it.
#[derive(Clone, Copy)]
struct Sheet {
    at: RwSignal<String>,
    words: RwSignal<String>,
    /// Part, change or record: what the step's list offers.
    choice: RwSignal<String>,
    instrument: RwSignal<String>,
    /// The field by its name, and what is wrong with it.
    wrong: RwSignal<Option<(String, AnswerError)>>,
}

impl Sheet {
    fn new(at: DateTime<Utc>, words: &str, choice: &str, instrument: &str) -> Self {
        Self {
            at: RwSignal::new(shown_time(at)),
            words: RwSignal::new(words.to_owned()),
            choice: RwSignal::new(choice.to_owned()),
            instrument: RwSignal::new(instrument.to_owned()),
            wrong: RwSignal::new(None),
        }
    }

    fn complain(self, field: &str, why: AnswerError) {
        self.wrong.set(Some((field.to_owned(), why)));
        super::super::record::focus(&format!("fault-{field}"));
    }

    /// The time as typed, in Shanghai; complains about one that is none.
    fn time(self) -> Option<DateTime<Utc>> {
        let typed =
            self.at.with_untracked(|text| NaiveDateTime::parse_from_str(text.trim(), "%Y-%m-%d %H:%M"));
        if typed.is_err() {
            self.complain("at", AnswerError::NotATime);
        }
        typed.ok().map(from_shanghai)
    }

    fn part(self) -> Option<FaultPart> {
        let part =
            FaultPart::ALL.into_iter().find(|part| self.choice.with_untracked(|name| name == part.name()));
        if part.is_none() {
            self.complain("part", AnswerError::Missing);
        }
        part
    }

    /// What went wrong: beside its field, or over the screen.
    fn failed(self, shared: Shared, error: &CommandError) {
        match error {
            CommandError::Invalid { field, why } => self.complain(field, why.clone()),
            other => shared.fail(other),
        }
    }

    fn told(self, signal: RwSignal<String>) -> FieldTold {
        FieldTold::typing(move |text| {
            self.wrong.set(None);
            signal.set(text);
        })
    }

    fn complaint(self, field: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || {
            let wrong = self.wrong.get().filter(|(name, _)| name == field);
            wrong.map(|(_, why)| texts::answer_error(&why))
        })
    }
}

fn name(id: &str, label: texts::Text, required: bool) -> FieldName {
    FieldName { required, ..FieldName::new(format!("fault-{id}"), label.get()) }
}

#[component]
fn Time(sheet: Sheet, label: texts::Text) -> impl IntoView {
    let now = Callback::new(move |()| sheet.at.set(shown_time(Utc::now())));
    let stamp = Some((texts::NOW_BUTTON.get(), now));
    view! {
        <LineField name=name("at", label, true) value=sheet.at complaint=sheet.complaint("at") keyboard=Keyboard::Text stamp told=sheet.told(sheet.at) />
    }
}

/// Part of the system, and the instrument if a single one is concerned.
#[component]
fn Where(sheet: Sheet, #[prop(into)] instruments: Signal<Vec<Instrument>>) -> impl IntoView {
    let parts: Vec<(String, String)> =
        FaultPart::ALL.map(|part| (part.name().to_owned(), texts::fault_part(part).to_owned())).to_vec();
    let instruments = Signal::derive(move || {
        let named =
            |one: Instrument| (one.id.to_string(), format!("{} · {}", texts::factor(&one.factor), one.model));
        instruments.get().into_iter().map(named).collect::<Vec<_>>()
    });
    view! {
        <ChoiceField name=name("part", texts::FAULT_PART, true) options=parts value=sheet.choice complaint=sheet.complaint("part") told=sheet.told(sheet.choice) />
        <ChoiceField name=name("instrument", texts::FAULT_INSTRUMENT, false) options=instruments as_list=true value=sheet.instrument complaint=sheet.complaint("instrument") told=sheet.told(sheet.instrument) />
    }
}

#[component]
fn Buttons(#[prop(into)] on_save: Callback<()>, #[prop(into)] on_close: Callback<()>) -> impl IntoView {
    view! {
        <div class="replace__buttons">
            <button type="button" class="btn" on:click=move |_| on_close.run(())>{texts::CANCEL.get()}</button>
            <button type="button" class="btn btn--main replace__save" on:click=move |_| on_save.run(())>{texts::NOTE_STEP.get()}</button>
        </div>
    }
}

/// A new fault at a point.
#[component]
pub fn StartDialog(
    /// The point.
    point: PointId,
    /// Told the new fault.
    #[prop(into)]
    on_started: Callback<FaultId>,
    /// Told when the person wants it gone.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let (shared, sheet) = (Shared::get(), Sheet::new(Utc::now(), "", "", ""));
    let of = point.clone();
    let known = live(move || GetPoint { point: of.clone() });
    let instruments =
        move || known.with(|known| known.as_ref()?.as_ref().ok().map(|view| view.instruments.clone()));
    let save = move |()| {
        let (Some(part), Some(at)) = (sheet.part(), sheet.time()) else { return };
        let instrument = sheet.instrument.get_untracked().parse().ok();
        let start =
            StartFault { point: point.clone(), part, instrument, at, words: sheet.words.get_untracked() };
        leptos::task::spawn_local(async move {
            match shell::call(&start).await {
                Ok(fault) => on_started.run(fault),
                Err(error) => sheet.failed(shared, &error),
            }
        });
    };
    view! {
        <Dialog title=texts::NEW_FAULT.get() on_close>
            <div class="replace">
                <Time sheet label=texts::FAULT_NOTICED_AT />
                <Where sheet instruments=Signal::derive(move || instruments().unwrap_or_default()) />
                <TextField name=name("words", texts::FAULT_WORDS, true) value=sheet.words complaint=sheet.complaint("words") told=sheet.told(sheet.words) />
                <Buttons on_save=save on_close />
            </div>
        </Dialog>
    }
}

/// One step of a fault.
#[component]
pub fn StepDialog(
    /// The fault.
    view: FaultView,
    /// The step.
    noting: Noting,
    /// Told when it is noted, or the person wants it gone.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let (shared, kind, id) = (Shared::get(), noting.kind, view.line.id);
    let sheet = sheet_of(&noting);
    let replaces = noting.instead.as_ref().map(|step| step.hash);
    let send = move |step: Step| {
        let Some(at) = sheet.time() else { return };
        let record = match kind {
            StepKind::Noticed | StepKind::Changed => None,
            _ => sheet.choice.get_untracked().parse().ok(),
        };
        let words = sheet.words.get_untracked();
        let add = AddFaultStep { fault: id, step, at, words, record, replaces };
        leptos::task::spawn_local(async move {
            match shell::call(&add).await {
                Ok(()) => {
                    shared.notice.set(Some(Notice::good(texts::STEP_NOTED.get().to_owned())));
                    on_close.run(());
                }
                Err(error) => sheet.failed(shared, &error),
            }
        });
    };
    let save = move |()| {
        if let Some(step) = step_of(kind, sheet) {
            send(step);
        }
    };
    let words = match kind {
        StepKind::Noticed => texts::FAULT_WORDS,
        StepKind::Reported => texts::REPORTED_TO,
        StepKind::Withdrawn => texts::WITHDRAW_REASON,
        _ => texts::STEP_WORDS,
    };
    let title = texts::note_step(kind).get();
    let told = match kind {
        StepKind::Proved => Some(texts::PROOF_WHY),
        StepKind::Withdrawn => Some(texts::WITHDRAW_WHY),
        _ => None,
    };
    view! {
        <Dialog title on_close>
            <div class="replace">
                {told.map(|text| view! { <p class="replace__original">{text.get()}</p> })}
                <Time sheet label=texts::FAULT_AT />
                <About view kind sheet />
                <TextField name=name("words", words, kind.needs_words()) value=sheet.words complaint=sheet.complaint("words") told=sheet.told(sheet.words) />
                {replaces.map(|_| view! {
                    <button type="button" class="btn fault__withdraw" on:click=move |_| send(Step::Withdrawn)>
                        <Glyph icon=Icon::Cross />
                        {texts::WITHDRAW_STEP.get()}
                    </button>
                })}
                <Buttons on_save=save on_close />
            </div>
        </Dialog>
    }
}

/// What a step says beside time and words.
#[component]
fn About(view: FaultView, kind: StepKind, sheet: Sheet) -> impl IntoView {
    let FaultView { instruments, records, .. } = view;
    let changes = || {
        ChangeKind::ALL.map(|change| (change_name(change), texts::fault_change(change).to_owned())).to_vec()
    };
    match kind {
        StepKind::Noticed => view! { <Where sheet instruments=Signal::derive(move || instruments.clone()) /> }.into_any(),
        StepKind::Changed => view! {
            <ChoiceField name=name("change", texts::CHANGE, true) options=changes() value=sheet.choice complaint=sheet.complaint("change") told=sheet.told(sheet.choice) />
        }
        .into_any(),
        StepKind::Withdrawn | StepKind::Arrived | StepKind::BackInService => ().into_any(),
        _ if records.is_empty() => ().into_any(),
        _ => {
            let line = |title: &str, at| format!("{title} · {}", texts::short_time(at));
            let options: Vec<(String, String)> = records
                .iter()
                .map(|one| (one.id.to_string(), line(texts::label(&one.title), one.at)))
                .collect();
            view! {
                <ChoiceField name=name("record", texts::STEP_RECORD, false) options as_list=true value=sheet.choice complaint=sheet.complaint("record") told=sheet.told(sheet.choice) />
            }
            .into_any()
        }
    }
}

fn sheet_of(noting: &Noting) -> Sheet {
    let Some(step) = &noting.instead else { return Sheet::new(Utc::now(), "", "", "") };
    let (choice, instrument) = match &step.step {
        Step::Noticed { part, instrument } => {
            (part.name().to_owned(), instrument.as_ref().map(ToString::to_string))
        }
        Step::Changed { change } => (change_name(*change), None),
        _ => (step.record.as_ref().map(|(record, _)| record.to_string()).unwrap_or_default(), None),
    };
    Sheet::new(step.at, &step.words, &choice, &instrument.unwrap_or_default())
}

/// The step that the sheet describes; complains about what it lacks.
fn step_of(kind: StepKind, sheet: Sheet) -> Option<Step> {
    Some(match kind {
        StepKind::Noticed => {
            Step::Noticed { part: sheet.part()?, instrument: sheet.instrument.get_untracked().parse().ok() }
        }
        StepKind::Changed => {
            let chosen = sheet.choice.get_untracked();
            let Some(change) = ChangeKind::ALL.into_iter().find(|change| change_name(*change) == chosen)
            else {
                sheet.complain("change", AnswerError::Missing);
                return None;
            };
            Step::Changed { change }
        }
        StepKind::Reported => Step::Reported,
        StepKind::Arrived => Step::Arrived,
        StepKind::Repaired => Step::Repaired,
        StepKind::Proved => Step::Proved,
        StepKind::BackInService => Step::BackInService,
        StepKind::ManualMonitoring => Step::ManualMonitoring,
        StepKind::Commissioned => Step::Commissioned,
        StepKind::Accepted => Step::Accepted,
        StepKind::Filed => Step::Filed,
        StepKind::Withdrawn => Step::Withdrawn,
    })
}

/// The value of a change in its list.
fn change_name(change: ChangeKind) -> String {
    format!("{change:?}")
}
