//! 签名: what will be signed in words, then the signature.

use leptos::prelude::*;
use stackside_core::act::Strokes;
use stackside_core::command::{CheckVisit, CommandError, FindingLine, RecordLine, SignRecords, Workplace};

use super::findings::Findings;
use super::record::Stored;
use super::signing::Signing;
use crate::components::dialog::Dialog;
use crate::components::icon::{Glyph, Icon};
use crate::components::states::Empty;
use crate::components::verdict::OutcomePill;
use crate::live::live_if;
use crate::texts;

/// Signs all finished drafts by one gesture.
#[component]
pub fn SignDialog(
    /// Where they were filled.
    place: Workplace,
    /// The finished drafts.
    records: Vec<RecordLine>,
    /// Where one of them is open on the screen: whether the store has all of it.
    #[prop(optional)]
    stored: Option<Stored>,
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
    let place = StoredValue::new(place);
    let lines = StoredValue::new(records.clone());
    let make = move |strokes: Strokes| {
        if stored.is_some_and(|stored| !stored.has_all()) {
            return None;
        }
        let records = lines.with_value(|lines| lines.iter().map(|line| line.id).collect());
        Some(SignRecords { place: place.get_value(), records, strokes })
    };
    let refusal = move |error: CommandError| {
        let words = texts::command_error(&error);
        let of = match error {
            CommandError::NotFinished { record, .. } => Some(record),
            _ => None,
        };
        let words = lines.with_value(|lines| match lines.iter().find(|line| Some(line.id) == of) {
            Some(line) => texts::label_and(texts::label(&line.title), &words),
            None => words,
        });
        let open = of.map(|record| {
            let open = move |_| on_go.run(format!("/record/{record}"));
            view! { <button type="button" class="btn" on:click=open>{texts::OPEN_IT.get()}</button> }
        });
        view! { <p>{words}</p> {open} }.into_any()
    };
    let signed = move |()| {
        on_close.run(());
        if let Some(on_signed) = on_signed {
            on_signed.run(());
        }
    };
    let is_empty = records.is_empty();
    let found = live_if(move || match place.get_value() {
        Workplace::Visit(visit) => Some(CheckVisit { visit }),
        Workplace::Point(_) => None,
    });
    let line = |line: RecordLine| {
        view! {
            <li>
                <Glyph icon=Icon::Check />
                <span>{texts::label(&line.title).to_owned()}</span>
                {line.verdict.map(|outcome| view! { <OutcomePill outcome /> })}
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
                        let mine = |found: &FindingLine| {
                            let of = found.finding.record();
                            lines.with_value(|lines| lines.iter().any(|line| Some(line.id) == of))
                        };
                        let mut lines = found
                            .with(|found| found.as_ref().and_then(|found| found.clone().ok()))
                            .unwrap_or_default();
                        lines.retain(mine);
                        view! {
                            <Findings
                                title=texts::POINTED_OUT
                                why=texts::CHECKED_SIGN_WHY
                                lines
                                on_go
                            />
                        }
                    }}
                    {stored.map(Stored::words)}
                    <Signing<SignRecords> make done=texts::SIGNED_ALL refusal on_done=signed on_cancel=on_close />
                }
                .into_any(),
            }}
        </Dialog>
    }
}
