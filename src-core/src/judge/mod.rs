//! Judging: answers against limits, decimals only, unrounded (design.md §3). One verdict for each judged group.

mod args;
mod form;
mod formula;
mod function;
mod gas;
mod water;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::decimal::{shown_against, signed_against};
use crate::form::{AnswerError, AnswerKey, Label, Problem};
use crate::id::{RecordId, RulebookId};
use crate::register::InstrumentKind;
use crate::rulebook::{LimitRule, Rulebook};

pub use args::{ArgError, ArgFault, Args, Given};
pub use form::{Judge, Judgement, judge};
pub use function::{ComputeError, Filled, Function, Param, Shape, Signature};
pub use gas::{drift, drift_outcome};

/// What a verdict says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// 未判定: no rule, or nothing to judge.
    NotJudged,
    /// 合格.
    Pass,
    /// 未填完: values are missing.
    Incomplete,
    /// 不合格，数据仍有效: adjust until it passes.
    FailValid,
    /// 不合格.
    Fail,
    /// 失控: the data are invalid.
    OutOfControl,
}

/// What is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// 零点漂移.
    Zero,
    /// 量程漂移.
    Span,
    /// 漂移测试.
    DriftTest,
    /// 示值误差.
    IndicationError,
    /// 系统响应时间.
    ResponseTime,
    /// 准确度.
    Accuracy,
    /// 标样核查.
    StandardCheck,
    /// 实际水样比对.
    RealSample,
    /// pH, temperature: 绝对误差.
    AbsoluteError,
    /// 液位比对.
    Level,
    /// 流量比对.
    Flow,
    /// 数据一致性.
    Agreement,
    /// 量程核查.
    RangeRatio,
    /// 有效数据率.
    ValidRate,
    /// 有效数据捕集率.
    CaptureRate,
}

/// How a figure is measured against its limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// 相对准确度, %.
    RelativeAccuracy,
    /// 相对误差, %.
    RelativeError,
    /// 绝对误差, in the unit of what is measured.
    AbsoluteError,
    /// % of the nominal gas value.
    OfNominal,
    /// % of the full scale.
    #[default]
    OfFullScale,
    /// The figure itself, which may be as large as the limit.
    AtMost,
    /// The figure itself, which may be as small as the limit.
    AtLeast,
    /// The figure itself, between two limits.
    Between,
    /// So many pairs pass, of so many that have to.
    PairsPassed,
}

impl Measure {
    /// Its word in a computed field.
    pub fn word(self) -> &'static str {
        match self {
            Self::RelativeAccuracy => "relative_accuracy",
            Self::RelativeError => "relative_error",
            Self::AbsoluteError => "absolute_error",
            Self::OfNominal => "of_nominal",
            Self::OfFullScale => "of_full_scale",
            Self::AtMost => "at_most",
            Self::AtLeast => "at_least",
            Self::Between => "between",
            Self::PairsPassed => "pairs_passed",
        }
    }

    /// True where the sign says which way it is off.
    fn is_signed(self) -> bool {
        matches!(self, Self::RelativeError | Self::AbsoluteError | Self::OfNominal | Self::OfFullScale)
    }
}

/// The verdict over one group of a block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The section that was judged.
    pub section: String,
    /// The block: an instrument's id.
    pub row: Option<String>,
    /// The group, such as `zero`.
    pub group: String,
    /// What was judged.
    pub quantity: Quantity,
    /// What it says.
    pub outcome: Outcome,
    /// The figures, each with its limits; empty if there is nothing to judge yet.
    pub figures: Vec<Figure>,
    /// The rule that judged.
    pub rule: Option<RuleRef>,
    /// The record that the baseline came from; nothing if a person typed it.
    pub baseline: Option<RecordId>,
    /// What a person has to mend before it can be judged, beyond values that are missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<Problem>,
}

/// One figure against its limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// How it is measured.
    #[serde(default)]
    pub by: Measure,
    /// Unrounded.
    pub value: Decimal,
    /// Rounded half to even, with as many decimals as it takes to differ from the limits when it does.
    pub shown: String,
    /// `%F.S.`, `%`, `s`, or the instrument's unit.
    pub unit: String,
    /// The limit, which still passes.
    pub pass: Decimal,
    /// The lower limit of a figure that lies between two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<Decimal>,
    /// |x| beyond here is out of control.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub out_of_control: Option<Decimal>,
}

impl Figure {
    fn plain(by: Measure, value: Decimal, unit: &str, pass: Decimal) -> Self {
        let shown = shown_against(value, &[pass], DECIMALS);
        Self {
            by,
            value: value.normalize(),
            shown,
            unit: unit.to_owned(),
            pass,
            low: None,
            out_of_control: None,
        }
    }

    fn signed(by: Measure, value: Decimal, unit: &str, pass: Decimal, more: &[Decimal]) -> Self {
        let limits: Vec<Decimal> = [pass].iter().chain(more).copied().collect();
        Self { shown: signed_against(value, &limits, DECIMALS), ..Self::plain(by, value, unit, pass) }
    }
}

/// Decimals of a figure, where it takes no more to tell it from its limit.
const DECIMALS: u32 = 2;

/// The rule that judged, as a verdict cites it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleRef {
    /// The rulebook.
    pub rulebook: RulebookId,
    /// Its version.
    pub version: u32,
    /// The rule's id.
    pub id: String,
    /// Where it is written.
    pub clause: Label,
    /// True if it rests on memory or is unclear: 依据待核.
    pub to_be_checked: bool,
}

/// What a function is judged by.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rules<'a> {
    /// The rulebook; nothing to compute only.
    pub book: Option<&'a Rulebook>,
    /// The instrument's kind.
    pub kind: Option<InstrumentKind>,
    /// The instrument's factor.
    pub factor: Option<&'a str>,
    /// The unit of the values.
    pub unit: Option<&'a str>,
    /// The group that is judged: `zero` or `span` for a drift.
    pub group: &'a str,
}

impl<'a> Rules<'a> {
    fn limit(&self, quantity: Quantity) -> Option<&'a LimitRule> {
        self.book?.limit(quantity, self.kind, self.factor, self.unit)
    }

    fn reference(&self, id: &str, clause: &Label, to_be_checked: bool) -> Option<RuleRef> {
        let book = self.book?;
        Some(RuleRef {
            rulebook: book.id.clone(),
            version: book.version,
            id: id.to_owned(),
            clause: clause.clone(),
            to_be_checked,
        })
    }
}

/// What a function made of its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// What was judged; nothing for a plain formula.
    pub quantity: Option<Quantity>,
    /// What it comes to.
    pub outcome: Outcome,
    /// The figures with their limits.
    pub figures: Vec<Figure>,
    /// The rule that judged.
    pub rule: Option<RuleRef>,
    /// What it fills, by name.
    pub fills: Vec<(&'static str, Filled)>,
    /// Why it could not be judged, though something could be computed.
    pub trouble: Option<ComputeError>,
}

impl Judged {
    fn computed(fills: Vec<(&'static str, Filled)>) -> Self {
        Self {
            quantity: None,
            outcome: Outcome::NotJudged,
            figures: vec![],
            rule: None,
            fills,
            trouble: None,
        }
    }

    fn fill(&mut self, name: &'static str, value: Filled) {
        self.fills.push((name, value));
    }

    /// What it filled under a name.
    pub fn filled(&self, name: &str) -> Option<&Filled> {
        self.fills.iter().find(|(mine, _)| *mine == name).map(|(_, value)| value)
    }

    /// Fewer values than the rule asks for: not judged, whatever the figure is.
    fn demand(mut self, rule: Option<&LimitRule>, have: usize) -> Self {
        let least = rule.and_then(|rule| rule.least).unwrap_or(0);
        if u32::from(function::count(have)) < least {
            let least = u16::try_from(least).unwrap_or(u16::MAX);
            self.trouble = Some(ComputeError::TooFew { have: function::count(have), least });
            self.outcome = Outcome::Incomplete;
        }
        self
    }

    /// Judges a figure by the band of `chooser`.
    fn against(
        mut self,
        rules: &Rules<'_>,
        quantity: Quantity,
        chooser: Decimal,
        figure: Decimal,
        unit: &str,
    ) -> Self {
        self.quantity = Some(quantity);
        let band = rules.limit(quantity).and_then(|rule| Some((rule, rule.band(chooser)?)));
        let (None, Some((rule, band))) = (&self.trouble, band) else { return self };
        self.outcome = if band.passes(figure) { Outcome::Pass } else { Outcome::Fail };
        let low: Vec<Decimal> = band.low.into_iter().collect();
        let figure = if band.by.is_signed() && quantity != Quantity::Level {
            Figure::signed(band.by, figure, unit, band.limit, &low)
        } else {
            Figure::plain(band.by, figure, unit, band.limit)
        };
        self.figures.push(Figure { low: band.low, ..figure });
        self.rule = rules.reference(&rule.id, &rule.clause, rule.basis_of(band).to_be_checked());
        self.say_normal();
        self
    }

    /// Fills 是 or 否.
    fn say_normal(&mut self) {
        let word = if self.outcome == Outcome::Pass { "yes" } else { "no" };
        self.fill("normal", Filled::Word(word.to_owned()));
    }
}

/// What stands in the way of a verdict, for the list of what is missing.
pub fn problems(verdicts: &[Verdict]) -> impl Iterator<Item = Problem> + use<'_> {
    verdicts.iter().filter_map(|verdict| verdict.trouble.clone())
}

impl ComputeError {
    /// The words for it at a field; nothing for values that are simply missing.
    fn at_field(&self) -> Option<AnswerError> {
        match self {
            Self::Missing(_) | Self::EmptyRange => None,
            Self::Zero { .. } => Some(AnswerError::ZeroReference),
            Self::TooFew { have, least } => Some(AnswerError::TooFewLines { have: *have, least: *least }),
            Self::Overflow | Self::Invalid(_) => Some(AnswerError::TooLong),
        }
    }
}

/// The key of the answer that a trouble is about; nothing where a missing answer says it already.
/// `args` are what it was run with.
fn place_of(error: &ComputeError, judge: &Judge, block: &AnswerKey, args: &Args) -> Option<AnswerKey> {
    match error {
        ComputeError::Zero { param, line } => {
            let key = block.sibling(judge.fields_of(param).next()?);
            // A mean that is zero is told in the first line of its column.
            let line = line.or(judge.is_column(&key.field).then_some(1));
            Some(line.map_or(key.clone(), |line| key.in_line(line)))
        }
        ComputeError::TooFew { have, .. } => {
            let takes = judge.function.signature().takes;
            let list = takes.iter().find(|param| param.shape == Shape::Numbers)?;
            let column = judge.fields_of(list.name).next().filter(|column| judge.is_column(column))?;
            // The first blank, which may stand between others.
            let blanks = args.lists.values().filter_map(|list| list.iter().position(Option::is_none));
            let blank = blanks.min().map_or(*have, function::count);
            Some(block.sibling(column).in_line(blank.saturating_add(1)))
        }
        _ => Some(block.sibling(judge.places.values().next()?)),
    }
}
