//! What the rules speak of, in words: quantities, measures, outcomes, factors.

use stackside_core::clock::TimeProof;
use stackside_core::judge::{Measure, Outcome, Quantity};
use stackside_core::plate::PlateVerdict;
use stackside_core::register::Instrument;

use super::{EN, Words};

impl Words {
    /// One of two texts, by the language.
    pub(crate) fn pick<'t>(&self, zh: &'t str, en: &'t str) -> &'t str {
        if self.code == EN.code { en } else { zh }
    }

    /// A text in the language's brackets, with the space before them that it wants.
    pub(crate) fn bracketed(&self, text: &str) -> String {
        self.pick("（{}）", " ({})").replace("{}", text)
    }

    /// What a photo of a station's plate says.
    pub(crate) fn plate_verdict(&self, verdict: &PlateVerdict) -> &'static str {
        match verdict {
            PlateVerdict::Matches => self.pick("与本点位一致", "matches this point"),
            PlateVerdict::OtherPoint { .. } => self.pick("是另一个点位的铭牌", "the plate of another point"),
            PlateVerdict::UnknownPlate => self.pick("未登记的铭牌", "a plate that is not registered"),
            PlateVerdict::NotAPlate => self.pick("二维码不是站房铭牌", "a QR code, but no plate"),
            PlateVerdict::Unreadable => self.pick("照片中没有读出二维码", "no QR code was read in the photo"),
            PlateVerdict::Newer => self.pick("本系统读不懂", "not understood by this server"),
        }
    }

    /// What a time rests on.
    pub(crate) fn proof(&self, proof: TimeProof) -> &'static str {
        match proof {
            TimeProof::Satellite => self.proven,
            TimeProof::Receipt => self.by_receipt,
            TimeProof::Unproven => self.unproven,
        }
    }

    /// What was judged.
    pub(crate) fn quantity(&self, quantity: Quantity) -> &'static str {
        let (zh, en) = match quantity {
            Quantity::Zero => ("零点漂移", "Zero drift"),
            Quantity::Span => ("量程漂移", "Span drift"),
            Quantity::DriftTest => ("漂移测试", "Drift test"),
            Quantity::IndicationError => ("示值误差", "Indication error"),
            Quantity::ResponseTime => ("系统响应时间", "Response time"),
            Quantity::Accuracy => ("准确度", "Accuracy"),
            Quantity::StandardCheck => ("标样核查", "Standard check"),
            Quantity::RealSample => ("实际水样比对", "Real samples"),
            Quantity::AbsoluteError => ("绝对误差", "Absolute error"),
            Quantity::Level => ("液位比对", "Level"),
            Quantity::Flow => ("流量比对", "Flow"),
            Quantity::Agreement => ("数据一致性", "Agreement of data"),
            Quantity::RangeRatio => ("量程核查", "Range check"),
            Quantity::ValidRate => ("有效数据率", "Rate of valid data"),
            Quantity::CaptureRate => ("有效数据捕集率", "Capture rate"),
        };
        self.pick(zh, en)
    }

    /// How a figure is measured; empty where its unit or its quantity says so.
    pub(crate) fn measure(&self, measure: Measure) -> &'static str {
        let (zh, en) = match measure {
            Measure::RelativeAccuracy => ("相对准确度", "relative accuracy"),
            Measure::RelativeError => ("相对误差", "relative error"),
            Measure::AbsoluteError => ("绝对误差", "absolute error"),
            Measure::OfNominal => ("相对标称值", "of the nominal value"),
            Measure::PairsPassed => ("合格数据对", "pairs passed"),
            Measure::OfFullScale | Measure::AtMost | Measure::AtLeast | Measure::Between => ("", ""),
        };
        self.pick(zh, en)
    }

    /// What a verdict comes to, as a pill: tone and word.
    pub(crate) fn outcome(&self, outcome: Outcome) -> (&'static str, &'static str) {
        match outcome {
            Outcome::Pass => ("ok", self.pass),
            Outcome::FailValid => ("warn", self.fail_valid),
            Outcome::Fail => ("bad", self.fail),
            Outcome::OutOfControl => ("bad", self.out_of_control),
            Outcome::Incomplete => ("idle", self.incomplete),
            Outcome::NotJudged => ("idle", self.not_judged),
        }
    }

    /// What a factor of the register is called.
    pub(crate) fn factor(&self, code: &str) -> String {
        let key: String = code.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_uppercase();
        let (zh, en) = match key.as_str() {
            "SO2" => ("SO₂", "SO₂"),
            "NOX" => ("NOₓ", "NOₓ"),
            "NO2" => ("NO₂", "NO₂"),
            "O2" => ("O₂", "O₂"),
            "CO2" => ("CO₂", "CO₂"),
            "PM" | "PARTICULATE" | "DUST" => ("颗粒物", "Particulate"),
            "COD" | "CODCR" => ("化学需氧量", "COD"),
            "NH3N" => ("氨氮", "NH₃-N"),
            "TP" => ("总磷", "TP"),
            "TN" => ("总氮", "TN"),
            "PH" => ("pH", "pH"),
            "FLOW" => ("流量", "Flow"),
            "VELOCITY" => ("流速", "Velocity"),
            "TEMPERATURE" | "TEMP" => ("温度", "Temperature"),
            "HUMIDITY" | "RH" => ("湿度", "Humidity"),
            "数采仪" | "DATALOGGER" | "LOGGER" => ("数采仪", "Data logger"),
            "水质自动采样器" | "SAMPLER" => ("水质自动采样器", "Sampler"),
            _ => return code.to_owned(),
        };
        self.pick(zh, en).to_owned()
    }

    /// A unit; those that are words of a language are translated, and what has none has none.
    pub(crate) fn unit<'t>(&self, unit: &'t str) -> &'t str {
        match unit {
            "无量纲" => "",
            "次" => self.pick("次", "times"),
            "个" => self.pick("个", "pcs"),
            _ => unit,
        }
    }

    /// An instrument as an answer names it.
    pub(crate) fn instrument(&self, instrument: &Instrument) -> String {
        let name = self.factor(&instrument.factor);
        let serial = format!("{}{}", self.pick("出厂编号 ", "no. "), instrument.serial_no);
        format!("{name} · {} {}{}", instrument.brand, instrument.model, self.bracketed(&serial))
    }
}
