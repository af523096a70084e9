//! A visit: its steps with the one that comes next as the main button, its records, photos, presence.

mod confirmation;
mod leave;
mod photos;

use leptos::html;
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::{use_navigate, use_params_map};
use stackside_core::command::{FormLine, GetVisit, OpenRecord, RecordLine, VisitView, Workplace};
use stackside_core::confirmation::State;
use stackside_core::geofence::Presence;
use stackside_core::id::{FormCode, PhotoId, RecordId, VisitId};
use stackside_core::record::RecordState;
use stackside_core::visit::{VisitState, VisitStep};

use self::confirmation::ConfirmationCard;
use self::leave::LeaveDialog;
use self::photos::Photos;
use super::fault::FaultsHere;
use super::findings::Findings;
use super::form_list::FormList;
use super::photo::PhotoViewer;
use super::record_row::RecordRow;
use super::sign_dialog::SignDialog;
use super::today::{go_on, steps_of};
use super::void_dialog::{VoidDialog, Voidable};
use crate::app::Shared;
use crate::components::camera::Camera;
use crate::components::facts::Facts;
use crate::components::icon::{Glyph, Icon};
use crate::components::page::Page;
use crate::components::row::Rows;
use crate::components::states::Empty;
use crate::components::steps::Steps;
use crate::components::tone::{Pill, Tone};
use crate::live::{Live, follow, live_if};
use crate::texts;

/// What lies over the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Over {
    Nothing,
    Camera,
    Sign,
    Leave,
    Void,
    Photo(PhotoId),
}

/// Leads to another screen.
type Navigate = Box<dyn Fn(&str) + Send + Sync>;

/// What the parts of the screen share.
#[derive(Clone, Copy)]
struct Here {
    shared: Shared,
    over: RwSignal<Over>,
    visit: Live<VisitView>,
    navigate: StoredValue<Navigate>,
    forms: NodeRef<html::Section>,
    records: NodeRef<html::Section>,
}

impl Here {
    fn go(self, path: &str) {
        self.over.set(Over::Nothing);
        self.navigate.with_value(|navigate| navigate(path));
    }

    fn fill(self, visit: VisitId, form: FormCode) {
        let place = Workplace::Visit(visit);
        self.shared.run(OpenRecord { place, form }, move |record| self.go(&format!("/record/{record}")));
    }

    /// Leads to what is shown to the representative; where they object, to what is to be corrected.
    fn confirm(self, visit: &VisitView) {
        let mut standing = visit.records.iter().filter(|line| !line.marks.is_void);
        match (visit.work.confirmation, standing.next(), standing.next()) {
            (State::Objected, Some(only), None) => self.go(&format!("/record/{}/history", only.id)),
            (State::Objected, ..) => {
                if let Some(records) = self.records.get_untracked() {
                    records.scroll_into_view();
                }
            }
            _ => self.go(&format!("/visit/{}/confirm", visit.id)),
        }
    }

    /// Does what the main button promises.
    fn next(self, visit: &VisitView) {
        match visit.work.next_step() {
            Some(VisitStep::SignIn) | None => (),
            Some(VisitStep::Fill) => match (unfinished(visit), visit.forms.as_slice()) {
                (Some(record), _) => self.go(&format!("/record/{record}")),
                (None, [only]) => self.fill(visit.id, only.code.clone()),
                (None, _) => {
                    if let Some(forms) = self.forms.get_untracked() {
                        forms.scroll_into_view();
                    }
                }
            },
            Some(VisitStep::Photo) => self.over.set(Over::Camera),
            Some(VisitStep::Sign) => self.over.set(Over::Sign),
            Some(VisitStep::Confirm) => self.confirm(visit),
            Some(VisitStep::SignOut) => self.over.set(Over::Leave),
        }
    }
}

fn unfinished(visit: &VisitView) -> Option<RecordId> {
    visit
        .records
        .iter()
        .find(|line| line.state == RecordState::Draft && line.problems > 0)
        .map(|line| line.id)
}

/// The drafts without anything missing.
fn finished(visit: &VisitView) -> Vec<RecordLine> {
    let is_finished = |line: &&RecordLine| line.state == RecordState::Draft && line.problems == 0;
    visit.records.iter().filter(is_finished).cloned().collect()
}

/// The screen.
#[component]
pub fn VisitScreen() -> impl IntoView {
    let shared = Shared::get();
    let params = use_params_map();
    let navigate = use_navigate();
    let id =
        Memo::new(move |_| params.with(|params| params.get("id").and_then(|id| id.parse::<VisitId>().ok())));
    let visit = live_if(move || {
        shared.sync.track();
        id.get().map(|visit| GetVisit { visit })
    });
    let here = Here {
        shared,
        over: RwSignal::new(Over::Nothing),
        visit,
        navigate: StoredValue::new(Box::new(move |path| navigate(path, Default::default()))),
        forms: NodeRef::new(),
        records: NodeRef::new(),
    };
    // Another visit is the same screen, by whatever way it is reached: nothing of this one stays over it.
    Effect::new(move || {
        id.track();
        here.over.set(Over::Nothing);
    });
    let of = move |pick: fn(&VisitView) -> String| {
        visit.with(|visit| match visit {
            Some(Ok(visit)) => Some(pick(visit)),
            _ => None,
        })
    };
    let title = Signal::derive(move || of(|visit| visit.point.name.clone()).unwrap_or_default());
    let subtitle = Signal::derive(move || of(|visit| visit.discharger_name.clone()));
    view! {
        <Page title subtitle back="/">
            {follow(visit, move |visit| view! { <Work visit here /> })}
            <Overlay here />
        </Page>
    }
}

#[component]
fn Work(visit: Memo<VisitView>, here: Here) -> impl IntoView {
    // Photos go out in pieces: that takes nothing else from under a hand.
    let rest = Memo::new(move |_| visit.with(|visit| VisitView { photos: Vec::new(), ..visit.clone() }));
    let point = Memo::new(move |_| visit.with(|visit| visit.point.id.clone()));
    view! {
        <div class="visit">
            {move || view! { <Way visit=rest.get() here /> }}
            <div class="visit__side">
                {move || view! { <Records visit=rest.get() here /> }}
                {move || view! { <FaultsHere point=point.get() /> }}
            </div>
            <div class="visit__side">
                <Photos
                    visit
                    on_open=move |photo| here.over.set(Over::Photo(photo))
                    on_take=move |()| here.over.set(Over::Camera)
                />
                {move || view! { <ConfirmationCard visit=rest.get() on_go=move |path: String| here.go(&path) /> }}
                {move || view! { <Presence visit=rest.get() /> }}
            </div>
        </div>
    }
}

/// The steps, and what comes next or what became of it.
#[component]
fn Way(visit: VisitView, here: Here) -> impl IntoView {
    let mut steps = steps_of(&visit);
    for (step, of) in steps.iter_mut().zip(VisitStep::ALL) {
        step.note = visit.work.lack(of).map(texts::lack);
    }
    let next = match visit.state == VisitState::Open {
        true => view! { <NextStep visit here /> }.into_any(),
        false => {
            let lines = visit.left_with.clone();
            view! {
                <Closed visit here />
                <Findings title=texts::LEFT_WITH lines is_past=true on_go=move |path: String| here.go(&path) />
            }
            .into_any()
        }
    };
    view! {
        <section class="card visit__way" aria-label=texts::STEPS.get()>
            <Steps name=texts::STEPS.get() steps />
            {next}
        </section>
    }
}

/// The records, and the forms for more of them as long as the visit is open.
#[component]
fn Records(visit: VisitView, here: Here) -> impl IntoView {
    let VisitView { id, records, forms, state, .. } = visit;
    let rows = match records.is_empty() {
        true => view! { <Empty icon=Icon::List text=texts::NO_RECORD.get() /> }.into_any(),
        false => {
            view! { <Rows>{records.into_iter().map(|line| view! { <RecordRow line /> }).collect_view()}</Rows> }
                .into_any()
        }
    };
    view! {
        <section class="card" node_ref=here.records>
            <div class="card__head">
                <h2>{texts::RECORDS_HERE.get()}</h2>
            </div>
            {rows}
        </section>
        {(state == VisitState::Open).then(|| view! { <Forms visit=id forms here /> })}
    }
}

/// What became of a visit that is over, and the way to void it.
#[component]
fn Closed(visit: VisitView, here: Here) -> impl IntoView {
    match visit.voided {
        Some(voided) => view! {
            <p class="visit__refused" role="status">
                <Glyph icon=Icon::Warn />
                <span>{texts::void_line(&voided)}</span>
            </p>
        }
        .into_any(),
        None => view! {
            <div class="visit__closed">
                <Glyph icon=Icon::Check />
                <p role="status">{texts::VISIT_CLOSED.get()}</p>
                <button type="button" class="btn visit__void" on:click=move |_| here.over.set(Over::Void)>
                    <Glyph icon=Icon::Cross />
                    {texts::VOID.get()}
                </button>
            </div>
        }
        .into_any(),
    }
}

/// The main button, and beside it what else can be done now.
#[component]
fn NextStep(visit: VisitView, here: Here) -> impl IntoView {
    let next = visit.work.next_step();
    let can_sign = !finished(&visit).is_empty() && next != Some(VisitStep::Sign);
    let words = go_on(&visit);
    let other = move |over: Over, icon: Icon, text: texts::Text| {
        view! {
            <button class="btn visit__other" on:click=move |_| here.over.set(over)>
                <Glyph icon />
                {text.get()}
            </button>
        }
    };
    let visit = StoredValue::new(visit);
    view! {
        <div class="visit__next">
            <button class="btn btn--main btn--big" on:click=move |_| visit.with_value(|visit| here.next(visit))>
                <span class="today__go">{words}</span>
                <Glyph icon=Icon::Right />
            </button>
            {can_sign.then(|| other(Over::Sign, Icon::Pen, texts::SIGN))}
            {(next != Some(VisitStep::SignOut)).then(|| other(Over::Leave, Icon::Door, texts::SIGN_OUT))}
        </div>
    }
}

#[component]
fn Forms(visit: VisitId, forms: Vec<FormLine>, here: Here) -> impl IntoView {
    view! {
        <section class="card" node_ref=here.forms>
            <div class="card__head">
                <h2>{texts::FORMS_HERE.get()}</h2>
            </div>
            <FormList forms on_fill=move |code| here.fill(visit, code) />
        </section>
    }
}

/// How sure the sign-in's presence is.
#[component]
fn Presence(visit: VisitView) -> impl IntoView {
    let verdict = &visit.presence;
    let (tone, icon) = match verdict.presence {
        Presence::Inside => (Tone::Ok, Icon::Check),
        Presence::Outside => (Tone::Warn, Icon::Warn),
        Presence::Unsure => (Tone::Warn, Icon::Warn),
    };
    let facts = vec![
        (texts::SIGNED_IN_AT.get(), Some(texts::short_time(visit.signed_in_at))),
        (texts::SIGNED_OUT_AT.get(), visit.signed_out_at.map(texts::short_time)),
        (texts::DAY_OF_VISIT.get(), Some(texts::day_of_visit(visit.day, visit.day_proof))),
        (texts::ACCURACY.get(), texts::accuracy(verdict)),
        (texts::TO_BOUNDARY.get(), verdict.distance_m.map(texts::to_boundary)),
        (texts::WHY_NOT_INSIDE_SAID.get(), visit.reason.clone()),
        (texts::PLATE.get(), visit.plate.as_ref().map(|said| texts::plate_verdict(said).get().to_owned())),
    ];
    view! {
        <section class="card">
            <div class="card__head">
                <h2>{texts::PRESENCE.get()}</h2>
                <span class="end">
                    <Pill tone icon text=texts::presence_words(verdict) />
                </span>
            </div>
            <Facts facts />
            <div class="visit__foot">
                <A href=format!("/point/{}", visit.point.id) attr:class="btn">
                    {texts::TO_POINT.get()}
                    <Glyph icon=Icon::Right />
                </A>
            </div>
        </section>
    }
}

/// Camera, photo, signature, sign-out: over the screen, so that reading the visit anew does not close them.
#[component]
fn Overlay(here: Here) -> impl IntoView {
    let close = move |()| here.over.set(Over::Nothing);
    let visit = move || {
        here.visit.with_untracked(|visit| visit.as_ref().and_then(|visit| visit.as_ref().ok().cloned()))
    };
    move || {
        // Read before anything is given up, so that this is drawn again.
        let over = here.over.get();
        let visit = visit()?;
        match over {
            Over::Nothing => None,
            Over::Camera => {
                let done = move |_| {
                    close(());
                    here.shared.look_again();
                };
                Some(view! { <Camera visit=Some(visit.id) record=None slot_id=None on_done=done on_close=close /> }.into_any())
            }
            Over::Sign => {
                let records = finished(&visit);
                Some(view! { <SignDialog place=Workplace::Visit(visit.id) records on_go=move |path: String| here.go(&path) on_close=close /> }.into_any())
            }
            Over::Void => {
                Some(view! { <VoidDialog what=Voidable::Visit(visit.id) on_close=close /> }.into_any())
            }
            Over::Photo(id) => {
                let photo = visit.photos.iter().find(|photo| photo.id == id)?;
                let title = texts::photo_slot(photo.slot.as_deref(), photo.slot_label.as_ref());
                Some(view! { <PhotoViewer photo=id title on_close=close /> }.into_any())
            }
            Over::Leave => Some(
                view! {
                    <LeaveDialog
                        visit=visit.id
                        point=visit.point.id
                        confirmation=visit.confirmation
                        on_go=move |path: String| here.go(&path)
                        on_left=move |()| here.go("/")
                        on_close=close
                    />
                }
                .into_any(),
            ),
        }
    }
}
