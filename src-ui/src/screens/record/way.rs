//! The way through the form: where the focus is, what comes next.

use leptos::prelude::*;
use stackside_core::command::{Place, SavePlace};
use stackside_core::form::{
    AnswerError, AnswerKey, Answers, Block, FieldType, Site, blocks, check_answer, is_asked,
};
use wasm_bindgen::JsCast;

use super::draft::{Draft, Over, Part, dom_id};
use super::is_pad_type;
use crate::shell;

/// An answer of a block, in the order in which it is filled.
pub struct Asked {
    /// Which.
    pub key: AnswerKey,
    /// True if it has to be there before the record can be signed.
    pub is_demanded: bool,
    /// True if it is still to be typed.
    pub is_open: bool,
}

/// The answers that a block asks for now; in its table those of `lines` lines.
pub fn asked(block: &Block<'_>, answers: &Answers, site: &Site<'_>, lines: u16) -> Vec<Asked> {
    let mut all = Vec::new();
    for field in block.fields().filter(|field| field.kind != FieldType::Computed) {
        let key = block.key(&field.id);
        if is_asked(field, &key, answers) {
            let is_demanded = stackside_core::form::is_required(field, &key, answers, site);
            let is_open = is_demanded && is_to_do(check_answer(field, &key, answers, site));
            all.push(Asked { key, is_demanded, is_open });
        }
    }
    let at_least = block.section.lines.as_ref().map_or(0, |lines| lines.at_least);
    for line in 1..=lines {
        let is_used = block.is_line_used(answers, line);
        for column in block.columns().filter(|column| column.kind != FieldType::Computed) {
            let key = block.key(&column.id).in_line(line);
            if !is_asked(column, &key, answers) {
                continue;
            }
            let is_demanded = (is_used || line <= at_least)
                && stackside_core::form::is_required(column, &key, answers, site);
            let is_next = is_pad_type(column.kind) && (is_used || line <= at_least);
            let is_open = if is_demanded {
                is_to_do(check_answer(column, &key, answers, site))
            } else {
                is_next && answers.text(&key).is_none()
            };
            all.push(Asked { key, is_demanded, is_open });
        }
    }
    all
}

fn is_to_do(checked: Result<(), AnswerError>) -> bool {
    use AnswerError::{Missing, PhotoMissing, RemarkMissing};
    matches!(checked, Err(Missing | PhotoMissing | RemarkMissing))
}

impl Draft {
    /// True if a field belongs to a part.
    pub fn is_in(self, key: &AnswerKey, part: Part) -> bool {
        matches!(part, Part::Block(index) if self.block_of(key) == Some(index))
    }
    /// How many lines a block's table shows; tracks.
    pub fn lines(self, index: usize) -> u16 {
        let added = self.added.with(|added| added.get(&index).copied()).unwrap_or(0);
        let used =
            self.paper.answers.with(|answers| self.block(index, |block| block.lines(answers))).unwrap_or(0);
        used.max(added)
    }

    /// The focus came to a field: the pad types there, and the app comes back there.
    pub fn entered(self, key: &AnswerKey) {
        if self.target.with_untracked(|target| target.as_ref() == Some(key)) {
            return;
        }
        self.target.set(Some(key.clone()));
        let place = Place { path: self.path(), field: Some(key.clone()) };
        leptos::task::spawn_local(async move {
            // Losing the place loses no work: not worth a word.
            let _ = shell::call(&SavePlace { place }).await;
        });
    }

    /// Shows a field and puts the focus there.
    pub fn go_to(self, key: &AnswerKey) {
        if key.section == "photo" {
            self.part.set(Part::Photos);
            return;
        }
        let Some(index) = self.block_of(key) else { return };
        if self.part.get_untracked() != Part::Block(index) {
            self.part.set(Part::Block(index));
        }
        if let Some(line) = key.line
            && untrack(|| self.lines(index)) < line
        {
            self.added.update(|added| {
                added.insert(index, line);
            });
        }
        let key = self
            .block(index, |block| {
                let mine = block.key(&key.field);
                key.line.map_or(mine.clone(), |line| mine.in_line(line))
            })
            .unwrap_or_else(|| key.clone());
        let id = dom_id(&key);
        // What is there already gets the focus at once, or a quick hand would go on typing in the old field. The rest is
        // drawn in the next frame; and a dialog that closes lets nothing else have the focus before.
        focus(&id);
        let has_it = document().active_element().is_some_and(|element| element.id() == id);
        request_animation_frame(move || {
            let is_still_wanted = self.target.try_get_untracked().is_some_and(|target| target == Some(key));
            if !has_it || is_still_wanted {
                focus(&id);
            }
        });
    }

    /// On to the next field that has to be typed; behind the last one the photos, or what is missing.
    pub fn go_on(self) {
        let here = self.target.get_untracked();
        if let Some(here) = &here {
            self.save_now(here);
        }
        let Part::Block(shown) = self.part.get_untracked() else { return };
        match untrack(|| self.next_behind(here, shown)) {
            Some(key) => self.go_to(&key),
            None if self.with_view(|view| !view.form.photos.is_empty()) => self.part.set(Part::Photos),
            None => self.over.set(Some(Over::Missing)),
        }
    }

    fn next_behind(self, here: Option<AnswerKey>, shown: usize) -> Option<AnswerKey> {
        // From the field with the focus if it is on the screen, otherwise from the start of what is shown.
        let from = here.filter(|key| self.block_of(key) == Some(shown));
        self.with_view(|view| {
            let all = blocks(&view.form, &view.instruments);
            self.with_site(|answers, site| {
                all.iter().enumerate().skip(shown).find_map(|(index, block)| {
                    let mut asked = asked(block, answers, site, self.lines(index));
                    if let Some(at) = from.as_ref().filter(|_| index == shown)
                        && let Some(at) = asked.iter().position(|asked| asked.key == *at)
                    {
                        asked.drain(..=at);
                    }
                    asked.into_iter().find(|asked| asked.is_open).map(|asked| asked.key)
                })
            })
        })
    }

    /// Where to begin: the first block to work on.
    pub fn first_part(self) -> Part {
        let index = self.with_view(|view| {
            let all = blocks(&view.form, &view.instruments);
            untrack(|| {
                self.with_site(|answers, site| {
                    all.iter().enumerate().position(|(index, block)| {
                        asked(block, answers, site, self.lines(index)).iter().any(|asked| asked.is_open)
                    })
                })
            })
        });
        Part::Block(index.unwrap_or(0))
    }
}

/// Shows what was typed on the pad before anything else on the page moves: an input that has the focus lays the page out
/// when its text changes, and that is quick only while nothing else has changed.
pub fn show(id: &str, text: &str) {
    if let Some(Ok(input)) =
        document().get_element_by_id(id).map(JsCast::dyn_into::<web_sys::HtmlInputElement>)
    {
        input.set_value(text);
    }
}

/// Puts the focus on an element, in sight; what is folded around it opens.
pub fn focus(id: &str) {
    let Some(element) = document().get_element_by_id(id) else { return };
    if let Ok(Some(folded)) = element.closest("details") {
        let _ = folded.set_attribute("open", "");
    }
    let Ok(element) = element.dyn_into::<web_sys::HtmlElement>() else { return };
    let _ = element.focus();
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
    options.set_inline(web_sys::ScrollLogicalPosition::Nearest);
    // With the row or field around it: label, complaint and what a reviewer said belong in sight.
    let around = [".judged", ".field"].iter().find_map(|around| element.closest(around).ok().flatten());
    let around = around.unwrap_or_else(|| element.clone().into());
    around.scroll_into_view_with_scroll_into_view_options(&options);
}
