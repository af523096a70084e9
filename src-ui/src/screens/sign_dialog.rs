//! 签名: what will be signed in words, then the signature.

use leptos::prelude::*;
use stackside_core::act::Strokes;
use stackside_core::command::{CheckVisit, CommandError, FindingLine, RecordLine, SignRecords, Workplace};
use stackside_core::id::RecordId;

use crate::app::Shared;
use crate::components::dialog::Dialog;
use crate::components::icon::{Glyph, Icon};
use crate::components::notice::Notice;
use crate::components::signature::SignaturePad;
use crate::components::states::Empty;
use crate::components::tone::Pill;
use crate::live::live_if;
use crate::screens::findings::Findings;
use crate::screens::record_row::outcome_tone;
use crate::{shell, texts};

/// Why it did not work, and the record that it is about.
type Refusal = (String, Option<RecordId>);

/// Signs all finished drafts by one gesture.
#[component]
pub fn SignDialog(
    /// Where they were filled.
    place: Workplace,
    /// The finished drafts.
    records: Vec<RecordLine>,
    /// Leads to another screen.
    #[prop(into)]
    on_go: Callback<String>,
    /// Told after they are signed.
    #[prop(into, optional)]
    on_signed: Option<Callback<()>>,
    /// Told when it is over.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let shared = Shared::get();
    let refused = RwSignal::new(None::<Refusal>);
    let busy = StoredValue::new(false);
    let place = StoredValue::new(place);
    let ids = StoredValue::new(records.iter().map(|line| line.id).collect::<Vec<_>>());
    let titles = StoredValue::new(
        records.iter().map(|line| (line.id, texts::label(&line.title).to_owned())).collect::<Vec<_>>(),
    );
    let sign = move |strokes: Strokes| {
        if busy.get_value() {
            return;
        }
        busy.set_value(true);
        refused.set(None);
        leptos::task::spawn_local(async move {
            let reply =
                shell::call(&SignRecords { place: place.get_value(), records: ids.get_value(), strokes })
                    .await;
            let _ = busy.try_set_value(false);
            match reply {
                Ok(()) => {
                    shared.notice.set(Some(Notice::good(texts::SIGNED_ALL.get().to_owned())));
                    on_close.try_run(());
                    on_signed.iter().for_each(|on_signed| {
                        on_signed.try_run(());
                    });
                    shared.look_again();
                }
                Err(error) => {
                    let record = match &error {
                        CommandError::NotFinished { record, .. } => Some(*record),
                        _ => None,
                    };
                    let title = record.and_then(|record| {
                        let titles = titles.try_get_value()?;
                        titles.into_iter().find(|(id, _)| *id == record).map(|(_, title)| title)
                    });
                    let words = texts::command_error(&error);
                    let words = title.map_or(words.clone(), |title| format!("{title}: {words}"));
                    refused.try_set(Some((words, record)));
                }
            }
        });
    };
    let is_empty = records.is_empty();
    let found = live_if(move || match place.get_value() {
        Workplace::Visit(visit) => Some(CheckVisit { visit }),
        Workplace::Point(_) => None,
    });
    let line = |line: RecordLine| {
        let tone = line.verdict.map(|outcome| (outcome_tone(outcome), texts::outcome(outcome).get()));
        view! {
            <li>
                <Glyph icon=Icon::Check />
                <span>{texts::label(&line.title).to_owned()}</span>
                {tone.map(|(tone, text)| view! { <Pill tone text /> })}
            </li>
        }
    };
    view! {
        <Dialog title=texts::sign_count(records.len()) on_close>
            {match is_empty {
                true => view! { <Empty icon=Icon::Pen text=texts::NOTHING_TO_SIGN.get() /> }.into_any(),
                false => view! {
                    <p>{texts::SIGN_WHAT.get()}</p>
                    <ul class="visit__signed">{records.into_iter().map(line).collect_view()}</ul>
                    {move || {
                        let mine = |line: &FindingLine| {
                            line.finding.record().is_some_and(|id| ids.with_value(|ids| ids.contains(&id)))
                        };
                        let mut lines = found
                            .with(|found| found.as_ref().and_then(|found| found.clone().ok()))
                            .unwrap_or_default();
                        lines.retain(mine);
                        view! {
                            <Findings
                                title=texts::CHECKED_BEFORE_LEAVING
                                why=texts::CHECKED_SIGN_WHY
                                lines
                                on_go
                            />
                        }
                    }}
                    <div role="alert">
                        {move || {
                            refused
                                .get()
                                .map(|(words, record)| {
                                    view! {
                                        <div class="visit__refused">
                                            <Glyph icon=Icon::Warn />
                                            <p>{words}</p>
                                            {record
                                                .map(|record| {
                                                    view! {
                                                        <button class="btn" on:click=move |_| on_go.run(format!("/record/{record}"))>
                                                            {texts::OPEN_IT.get()}
                                                        </button>
                                                    }
                                                })}
                                        </div>
                                    }
                                })
                        }}
                    </div>
                    <SignaturePad on_done=sign on_cancel=on_close />
                }
                .into_any(),
            }}
        </Dialog>
    }
}
