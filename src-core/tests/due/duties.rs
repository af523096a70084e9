//! The duties of the standards at points as they are.

use chrono::{DateTime, Utc};
use stackside_core::due::{Done, Due, Place, Urgency, due};
use stackside_core::id::{FormCode, InstrumentId};
use stackside_core::pause::Pause;
use stackside_core::register::{Instrument, Medium};
use stackside_core::rulebook::{Every, in_force};

use crate::ALL;

fn instrument(id: &str, kind: &str, factor: &str, auto: bool) -> Instrument {
    let sampling = if kind == "gas" { r#""extractive""# } else { "null" };
    let text = format!(
        r#"{{"id": "{id}", "point": "P", "kind": "{kind}", "factor": "{factor}", "sampling": {sampling}, "brand": "",
        "auto_calibration": {auto}, "model": "", "manufacturer": "", "serial_no": "", "principle": "",
        "construction_state": ""}}"#
    );
    serde_json::from_str(&text).unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    format!("{text}T12:00:00+08:00").parse().unwrap()
}

fn code(form: &str) -> FormCode {
    form.parse().unwrap()
}

struct Site {
    medium: Medium,
    place: &'static str,
    instruments: Vec<Instrument>,
    pauses: Vec<Pause>,
    done: Done,
}

impl Site {
    fn new(medium: Medium, place: &'static str, instruments: Vec<Instrument>) -> Self {
        Self { medium, place, instruments, pauses: vec![], done: Done::default() }
    }

    fn due(&self, now: &str) -> Vec<Due> {
        let now = at(now);
        let (here, date) = (self.place.parse().unwrap(), now.date_naive());
        let rules = in_force(&ALL.rulebooks, &here, date).unwrap();
        let place = Place {
            point: &"P".parse().unwrap(),
            instruments: &self.instruments,
            forms: &ALL.forms_at(&here, self.medium, &self.instruments, date),
            rules: &rules,
            plan: &[],
            pauses: &self.pauses,
            done: &self.done,
            work: &ALL.work,
        };
        due(&place, now)
    }

    fn duty(&self, form: &str, now: &str) -> Option<(Urgency, Option<String>)> {
        let all = self.due(now);
        let mine = all.iter().find(|due| due.form.as_str() == form && due.items_days.is_none())?;
        Some((mine.urgency, mine.due.map(|end| stackside_core::clock::shanghai_date(end).to_string())))
    }
}

#[test]
fn each_duty_of_the_standards_is_there_and_what_a_machine_does_never_nags() {
    let gas = |auto| {
        let instruments = vec![
            instrument("A", "gas", "SO2", auto),
            instrument("B", "particulate", "PM", auto),
            instrument("C", "velocity", "V", auto),
        ];
        Site::new(Medium::Gas, "CN", instruments)
    };
    let water = Site::new(
        Medium::Water,
        "CN",
        vec![instrument("W", "water_analyser", "COD", true), instrument("F", "flow_meter", "flow", false)],
    );
    let datong = Site { place: "CN-1402", ..gas(false) };
    let of = |site: &Site| -> Vec<(String, Every, bool)> {
        let all = site.due("2026-11-23");
        let mut all: Vec<_> = all
            .iter()
            .map(|due| (due.form.to_string(), due.every, due.urgency == Urgency::Attested))
            .collect();
        all.sort_by_key(|(form, every, _)| (form.clone(), every.days_about()));
        all
    };
    let duty = |form: &str, every| (form.to_owned(), every, false);
    let machine = |form: &str, every| (form.to_owned(), every, true);
    let by_hand = [
        duty("HJ75-G1", Every::Days(7)),
        duty("HJ75-G4", Every::Days(7)),
        duty("HJ75-G4", Every::Days(15)),
        duty("HJ75-G4", Every::Days(30)),
        duty("HJ75-G5", Every::Months(3)),
        duty("HJ75-T2", Every::Months(3)),
        duty("OM-ARCHIVE", Every::Months(6)),
        duty("OM-REVIEW", Every::QuarterWorkingDays(5)),
    ];
    assert_eq!(of(&gas(false)), by_hand);
    let by_itself = [
        duty("HJ75-G1", Every::Days(7)),
        machine("HJ75-G4", Every::Hours(24)),
        duty("HJ75-G5", Every::Months(6)),
        duty("HJ75-T2", Every::Months(3)),
        duty("OM-ARCHIVE", Every::Months(6)),
        duty("OM-REVIEW", Every::QuarterWorkingDays(5)),
    ];
    assert_eq!(of(&gas(true)), by_itself);
    let of_water = [
        machine("HJ355-B", Every::Days(1)),
        duty("HJ355-B", Every::Days(7)),
        machine("HJ355-D", Every::Hours(24)),
        machine("HJ355-D", Every::Hours(168)),
        duty("HJ355-H", Every::Months(1)),
        duty("HJ355-H", Every::Months(3)),
        duty("HJ355-WASTE", Every::Quarter),
    ];
    assert_eq!(of(&water), of_water);
    let of_datong = of(&datong);
    for local in [duty("OM-QUALITY", Every::Quarter), duty("OM-FILING", Every::Months(12))] {
        assert!(of_datong.contains(&local), "{local:?}");
    }
}

#[test]
fn the_weekly_inspection_goes_on_in_a_shutdown_of_less_than_a_quarter_and_calibrations_rest() {
    let mut site = Site::new(Medium::Gas, "CN", vec![instrument("A", "gas", "SO2", false)]);
    site.done.note(code("HJ75-G1"), None, at("2026-08-27"));
    site.done.note(code("HJ75-G4"), Some("A".parse().unwrap()), at("2026-08-27"));
    let pause = |until: Option<&str>| Pause {
        instrument: None,
        since: at("2026-08-30"),
        until: until.map(at),
        reason: "停产检修".into(),
    };
    site.pauses = vec![pause(None)];
    let end = Some("2026-09-03".to_owned());
    for (now, inspection, calibration) in [
        ("2026-09-02", Urgency::Soon, Urgency::Paused),
        ("2026-09-04", Urgency::Overdue, Urgency::Paused),
        ("2026-11-29", Urgency::Overdue, Urgency::Paused),
        // A quarter is full.
        ("2026-11-30", Urgency::Paused, Urgency::Paused),
    ] {
        assert_eq!(site.duty("HJ75-G1", now), Some((inspection, end.clone())), "{now}");
        assert_eq!(site.duty("HJ75-G4", now).map(|duty| duty.0), Some(calibration), "{now}");
    }
    site.pauses = vec![pause(Some("2026-10-08"))];
    let on = |day: &str| Some(day.to_owned());
    assert_eq!(site.duty("HJ75-G4", "2026-10-08"), Some((Urgency::Today, on("2026-10-08"))));
    assert_eq!(site.duty("HJ75-G4", "2026-10-09"), Some((Urgency::Overdue, on("2026-10-08"))));
    // An instrument that is out of service lifts its own duties only.
    site.instruments.push(instrument("B", "gas", "NOX", false));
    site.done.note(code("HJ75-G4"), Some("B".parse().unwrap()), at("2026-10-08"));
    site.pauses = vec![Pause { instrument: Some("A".parse().unwrap()), ..pause(None) }];
    let all = site.due("2026-10-09");
    let of = |id: &str| {
        let id: InstrumentId = id.parse().unwrap();
        let mine = all.iter().find(|due| due.form == code("HJ75-G4") && due.instruments.contains(&id));
        mine.unwrap().urgency
    };
    assert_eq!((of("A"), of("B")), (Urgency::Paused, Urgency::Later));
}

#[test]
fn a_report_is_due_five_working_days_after_the_test_and_only_then() {
    let mut site = Site::new(Medium::Gas, "CN-31", vec![instrument("A", "gas", "SO2", false)]);
    assert_eq!(site.duty("OM-REPORT", "2026-09-29"), None);
    site.done.note(code("HJ75-G5"), None, at("2026-09-29"));
    // 1 to 7 October are free; 30 September, 8, 9, 10 and 12 October are worked.
    let end = Some("2026-10-12".to_owned());
    assert_eq!(site.duty("OM-REPORT", "2026-10-12"), Some((Urgency::Today, end.clone())));
    assert_eq!(site.duty("OM-REPORT", "2026-10-13"), Some((Urgency::Overdue, end)));
    site.done.note(code("OM-REPORT"), None, at("2026-10-13"));
    assert_eq!(site.duty("OM-REPORT", "2026-10-14"), None);
}

#[test]
fn the_items_of_an_inspection_that_come_round_monthly_are_a_task_of_their_own() {
    let mut site = Site::new(Medium::Water, "CN", vec![instrument("W", "water_analyser", "COD", true)]);
    let monthly = |site: &Site, now: &str| {
        let all = site.due(now);
        let mine = all.iter().find(|due| due.items_days == Some(30));
        mine.map(|due| (due.urgency, due.due))
    };
    assert_eq!(monthly(&site, "2026-11-23"), None, "the inspection itself was never done");
    site.done.note(code("HJ355-B"), None, at("2026-11-20"));
    let form = ALL.form("HJ355-B", None).unwrap();
    let items = form.sections.iter().flat_map(|section| {
        let item = |field: &stackside_core::form::Field| format!("{}/{}", section.id, field.id);
        section.fields.iter().filter(|field| field.every_days == Some(30)).map(item).collect::<Vec<_>>()
    });
    for (place, item) in items.enumerate() {
        let day = if place == 0 { "2026-10-10" } else { "2026-11-20" };
        site.done.note_item(code("HJ355-B"), item, day.parse().unwrap());
    }
    let (urgency, end) = monthly(&site, "2026-11-23").unwrap();
    assert_eq!((urgency, end), (Urgency::Overdue, Some("2026-11-09T15:59:59Z".parse().unwrap())));
}
