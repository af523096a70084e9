//! What the plausibility checks point out, in words.

use stackside_core::plausible::{Finding, Identity};

use super::Words;

impl Words {
    /// What was found, with the figures.
    pub(crate) fn finding(&self, finding: &Finding) -> String {
        let fill = |zh: &str, en: &str, figures: &[(&str, String)]| {
            let mut text = self.pick(zh, en).to_owned();
            for (name, figure) in figures {
                text = text.replace(name, figure);
            }
            text
        };
        let far = |metres: u64| ("{far}", self.distance_of(metres));
        let took = |seconds: u64| ("{took}", self.duration_of(seconds));
        match finding {
            Finding::TooFast { metres, seconds, .. } => fill(
                "两次签到相距 {far}，只隔 {took}，快于 250 km/h",
                "{far} from sign-in to sign-in in {took}: faster than 250 km/h",
                &[far(*metres), took(*seconds)],
            ),
            Finding::TooSoon { metres, seconds, .. } => fill(
                "两个站点相距 {far}，签到只隔 {took}",
                "two stations {far} apart, signed in within {took}",
                &[far(*metres), took(*seconds)],
            ),
            Finding::FarAway { metres } => {
                fill("签到位置在围栏外 {far}", "signed in {far} outside the fence", &[far(*metres)])
            }
            Finding::EndBeforeStart => fill("离场时间早于签到时间", "signed out before signed in", &[]),
            Finding::Overlap { .. } => {
                fill("与同一人员的另一次运维时间重叠", "overlaps another visit of the same person", &[])
            }
            Finding::SignedOutsideVisit { .. } => {
                fill("签名时间不在本次运维之内", "signed before the visit began or after it ended", &[])
            }
            Finding::TimeOutOfOrder { .. } => fill(
                "时间早于开始时间，或晚于签名时间",
                "a time before its start, or after the signature",
                &[],
            ),
            Finding::NoRemark { .. } => {
                fill("打了 ×，没有写明情况和处理", "marked × without a word on what was found and done", &[])
            }
            Finding::OutOfRange { value, low, high, .. } => fill(
                "{value} 超出允许范围 {low} 至 {high}",
                "{value} is outside {low} to {high}",
                &[("{low}", low.clone()), ("{high}", high.clone()), ("{value}", value.clone())],
            ),
            Finding::NoIdentity { lacks: Identity::Model, .. } => {
                fill("登记资料缺规格型号", "the register lacks its model", &[])
            }
            Finding::NoIdentity { lacks: Identity::SerialNo, .. } => {
                fill("登记资料缺出厂编号", "the register lacks its serial number", &[])
            }
        }
    }

    fn distance_of(&self, metres: u64) -> String {
        if metres < 1000 { format!("{metres} m") } else { format!("{:.1} km", metres as f64 / 1000.0) }
    }

    fn duration_of(&self, seconds: u64) -> String {
        match seconds {
            0..60 => format!("{seconds} {}", self.pick("秒", "s")),
            _ => format!("{} {}", seconds / 60, self.pick("分钟", "min")),
        }
    }
}
