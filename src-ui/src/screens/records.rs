//! 台账: all records known here, newest first.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use stackside_core::command::{GetRecords, RecordsPage};
use stackside_core::review::ReviewState;

use super::record_row::RecordRow;
use super::review::Reviewed;
use crate::app::Shared;
use crate::components::icon::{Glyph, Icon};
use crate::components::page::Page;
use crate::components::row::Rows;
use crate::components::search::SearchBox;
use crate::components::states::Empty;
use crate::live::{live, show};
use crate::texts;

const ON_A_PAGE: u64 = 50;

/// The screen.
#[component]
pub fn RecordsScreen() -> impl IntoView {
    let query = use_query_map();
    let state = Memo::new(move |_| query.with(|query| ReviewState::named(&query.get("review")?)));
    move || match state.get() {
        None => view! { <AllRecords /> }.into_any(),
        Some(state) => view! {
            <Page title=texts::review_state(state).get().to_owned() back="/records".to_owned()>
                <Reviewed state />
            </Page>
        }
        .into_any(),
    }
}

#[component]
fn AllRecords() -> impl IntoView {
    let shared = Shared::get();
    let search = RwSignal::new(String::new());
    let page = RwSignal::new(0_u32);
    let records = live(move || {
        shared.sync.track();
        GetRecords { search: search.get(), page: page.get() }
    });
    let total = move || {
        records.with(|records| match records {
            Some(Ok(records)) => Some(texts::record_count(records.total)),
            _ => None,
        })
    };
    view! {
        <Page title=texts::RECORDS.get().to_owned() subtitle=Signal::derive(total)>
            <div class="points__top">
                <SearchBox
                    label=texts::FIND_RECORD_BY.get()
                    on_search=move |text| {
                        batch(|| {
                            page.set(0);
                            search.set(text);
                        });
                    }
                />
            </div>
            {show(records, move |RecordsPage { records, total }| match records.is_empty() {
                false => view! {
                    <section class="card" aria-label=texts::RECORDS.get()>
                        <Rows>{records.into_iter().map(|line| view! { <RecordRow line with_point=true /> }).collect_view()}</Rows>
                    </section>
                    <Pages page total />
                }
                .into_any(),
                true => {
                    let is_search = search.with_untracked(|search| !search.is_empty());
                    let text = if is_search { texts::NOTHING_FOUND } else { texts::NO_RECORDS };
                    view! { <Empty icon=Icon::Book text=text.get() /> }.into_any()
                }
            })}
        </Page>
    }
}

#[component]
fn Pages(page: RwSignal<u32>, total: u64) -> impl IntoView {
    let pages = total.div_ceil(ON_A_PAGE);
    (pages > 1).then(|| {
        view! {
            <nav class="points__top points__pages" aria-label=texts::PAGES.get()>
                <button class="btn" disabled=move || page.get() == 0 on:click=move |_| page.update(|page| *page = page.saturating_sub(1))>
                    <Glyph icon=Icon::Back />
                    {texts::LATER_PAGE.get()}
                </button>
                <span class="num">{move || texts::page_of(page.get(), pages, total)}</span>
                <button class="btn" disabled=move || u64::from(page.get()) + 1 >= pages on:click=move |_| page.update(|page| *page += 1)>
                    {texts::EARLIER.get()}
                    <Glyph icon=Icon::Right />
                </button>
            </nav>
        }
    })
}
