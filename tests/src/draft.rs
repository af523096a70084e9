//! A draft of form HJ75-G4 at a made-up stack, for tests of the rules: no store, no clock.

use chrono::{DateTime, NaiveDate, Utc};
use stackside_core::clock::{shanghai_date, shown_time};
use stackside_core::definition::Definitions;
use stackside_core::form::{
    self, Answer, AnswerKey, Answers, Form, LastDone, Problem, Site, Source, prefill,
};
use stackside_core::geofence::{Fence, Position};
use stackside_core::id::InstrumentId;
use stackside_core::judge::{self, Judgement, Verdict};
use stackside_core::register::{
    Bottle, Discharger, Instrument, InstrumentKind, Medium, Operator, Person, Point, Sampling,
};
use stackside_core::rulebook::{self, Rulebook};

use crate::Result;

/// A draft and all that is needed to judge and check it.
#[derive(Debug, Clone)]
pub struct Draft {
    /// HJ75-G4, the newest version.
    pub form: Form,
    /// The nation's.
    pub rulebook: Rulebook,
    /// Of the stack.
    pub instruments: Vec<Instrument>,
    /// Of the stack.
    pub bottles: Vec<Bottle>,
    /// As typed so far.
    pub answers: Answers,
    /// Slots with a photo.
    pub photos: Vec<String>,
    /// The moment of the work.
    pub now: DateTime<Utc>,
}

impl Draft {
    /// A draft as it stands when the form is opened for the first time: prefilled from the register.
    pub fn opened(instruments: Vec<Instrument>) -> Result<Self> {
        let all = Definitions::built_in()?;
        let form = all.form("HJ75-G4", None).ok_or("HJ75-G4 does not ship")?.clone();
        let now: DateTime<Utc> = "2026-11-23T06:05:00Z".parse()?;
        let rulebook = rulebook::in_force(&all.rulebooks, &"CN-31".parse()?, now.date_naive())?;
        let bottles = vec![bottle("SO2", "450")?, bottle("NOX", "400")?];
        let answers = prefill(
            &form,
            &Source {
                discharger: &discharger()?,
                operator: &operator()?,
                point: &stack()?,
                instruments: &instruments,
                bottles: &bottles,
                person: &person()?,
                now,
                last: &|_: Option<&InstrumentId>| None,
                fault: None,
            },
        );
        Ok(Self { form, rulebook, instruments, bottles, answers, photos: vec![], now })
    }

    /// A draft in which all of one SO2 analyser is filled and nothing stands in the way of signing.
    pub fn finished() -> Result<Self> {
        let mut draft = Self::opened(vec![instrument(InstrumentKind::Gas, "SO2", "μmol/mol", "0", "500")?])?;
        for (field, text) in [
            ("zero.last_after", "0.4"),
            ("zero.before", "6.9"),
            ("zero.after", "0.2"),
            ("span.last_after", "449.1"),
            ("span.before", "447.0"),
            ("span.after", "450.2"),
        ] {
            draft.set(&format!("analyser/T-SO2/{field}"), text)?;
        }
        let end = shown_time(draft.now);
        draft.set("footer/cal_end", &end)?;
        draft.photos.push("reading".to_owned());
        Ok(draft)
    }

    /// Types an answer; an empty text clears it.
    pub fn set(&mut self, key: &str, text: &str) -> Result<()> {
        self.answers.0.insert(key.parse::<AnswerKey>()?, Answer::typed(text));
        Ok(())
    }

    /// What the form says and computes of the draft.
    pub fn judgement(&self) -> Judgement {
        judge::judge(&self.form, &self.answers, &self.instruments, &self.rulebook)
    }

    /// What the form says of the draft.
    pub fn verdicts(&self) -> Vec<Verdict> {
        self.judgement().verdicts
    }

    /// What stands in the way of signing.
    pub fn problems(&self) -> Vec<Problem> {
        let site = Site {
            instruments: &self.instruments,
            bottles: &self.bottles,
            last_done: &LastDone::new(),
            begun_on: shanghai_date(self.now),
            photo_slots: &self.photos,
            now: self.now,
        };
        form::check(&self.form, &self.answers, &site)
    }
}

/// An instrument `T-FACTOR` of the stack.
pub fn instrument(
    kind: InstrumentKind,
    factor: &str,
    unit: &str,
    low: &str,
    high: &str,
) -> Result<Instrument> {
    Ok(Instrument {
        id: format!("T-{factor}").parse()?,
        point: "T-stack".parse()?,
        kind,
        factor: factor.to_owned(),
        sampling: (kind == InstrumentKind::Gas).then_some(Sampling::Extractive),
        auto_calibration: false,
        brand: "演示".to_owned(),
        model: "M-1".to_owned(),
        manufacturer: "演示仪器厂".to_owned(),
        serial_no: "0001".to_owned(),
        principle: "紫外荧光".to_owned(),
        unit: unit.to_owned(),
        range_low: Some(low.parse()?),
        range_high: Some(high.parse()?),
        detection_limit: None,
        imported: false,
        construction_state: "已验收".to_owned(),
        licence_no: None,
        test_report_no: None,
        operator_before: None,
        sampler: None,
    })
}

fn bottle(substance: &str, concentration: &str) -> Result<Bottle> {
    Ok(Bottle {
        id: format!("T-bottle-{substance}").parse()?,
        point: "T-stack".parse()?,
        substance: substance.to_owned(),
        concentration: concentration.parse()?,
        unit: "μmol/mol".to_owned(),
        uncertainty_percent: "2".parse()?,
        supplier: "演示气体".to_owned(),
        valid_until: NaiveDate::from_ymd_opt(2027, 12, 31).ok_or("no such day")?,
        pressure_mpa: "9.5".parse()?,
    })
}

fn discharger() -> Result<Discharger> {
    Ok(Discharger {
        id: "T-discharger".parse()?,
        name: "演示热电".to_owned(),
        credit_code: "000000000000000000".to_owned(),
        address: "演示路 1 号".to_owned(),
    })
}

fn operator() -> Result<Operator> {
    Ok(Operator {
        id: "T-operator".parse()?,
        name: "演示运维".to_owned(),
        credit_code: "000000000000000001".to_owned(),
        legal_person: "演示乙".to_owned(),
        office: "演示路 2 号".to_owned(),
    })
}

fn person() -> Result<Person> {
    Ok(Person {
        id: "T-person".parse()?,
        operator: "T-operator".parse()?,
        name: "演示甲".to_owned(),
        post: "废气运维".to_owned(),
        certificate_no: "T-1".to_owned(),
        certificate_until: NaiveDate::from_ymd_opt(2027, 12, 31).ok_or("no such day")?,
        code_hash: None,
    })
}

fn stack() -> Result<Point> {
    let position = Position { longitude: 121.5, latitude: 31.2 };
    Ok(Point {
        id: "T-stack".parse()?,
        discharger: "T-discharger".parse()?,
        operator: "T-operator".parse()?,
        name: "1# 烟囱".to_owned(),
        number: "DA001".to_owned(),
        medium: Medium::Gas,
        jurisdiction: "CN-31".parse()?,
        location: "1# 烟囱 40 m 平台".to_owned(),
        position,
        fence: Fence::Circle { center: position, radius_m: 100.0 },
        system_maker: "演示仪器厂".to_owned(),
        installer: "演示安装".to_owned(),
        reference_oxygen_percent: None,
        velocity_coefficient: None,
        duct_area_m2: None,
        pitot_coefficient: None,
        plate: None,
    })
}
