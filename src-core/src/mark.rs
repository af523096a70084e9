//! What the mark on a photo's copies says: where, when, by whom, of which original. In Chinese in any language of the
//! screens, for it is an inspector who reads it.

use chrono::{DateTime, Utc};

use crate::clock::shanghai_time;
use crate::geofence::{Fix, Provider, RADIUS_95};
use crate::hash::Hash;
use crate::photo::PhotoSource;

/// The facts of a mark, as the photo's entry has them.
#[derive(Debug, Clone)]
pub struct Mark<'a> {
    /// The discharger's name; empty where there is none.
    pub discharger: &'a str,
    /// The point's name; empty for a photo of no point.
    pub point: &'a str,
    /// Who took it.
    pub person: &'a str,
    /// When, by the best clock.
    pub at: DateTime<Utc>,
    /// True if that clock is proven (design.md §4).
    pub is_proven: bool,
    /// Where, if that is known.
    pub fix: Option<&'a Fix>,
    /// The original.
    pub sha256: Hash,
    /// Where its pixels came from.
    pub source: PhotoSource,
}

impl Mark<'_> {
    /// The lines, from the first to the last.
    pub fn lines(&self) -> Vec<String> {
        let place = join([self.discharger, self.point]);
        let unproven = if self.is_proven { "" } else { "时间未经证实" };
        let time = shanghai_time(self.at).format("%Y-%m-%d %H:%M:%S").to_string();
        let imported = if self.source == PhotoSource::Camera { "" } else { "导入的照片" };
        let hash = format!("原图 {}", self.sha256.short());
        let lines = [
            place,
            join([&time, unproven]),
            self.fix.map_or_else(|| "没有定位".to_owned(), position),
            join([self.person, &hash, imported]),
        ];
        lines.into_iter().filter(|line| !line.is_empty()).collect()
    }
}

fn position(fix: &Fix) -> String {
    let at = |value: f64, ahead, behind| {
        format!("{} {:.6}°", if value < 0.0 { behind } else { ahead }, value.abs())
    };
    let place = &fix.position;
    let accuracy = match fix.accuracy_m * RADIUS_95 {
        radius if radius > 0.0 => format!("误差 {:.0} m", radius.ceil()),
        _ => "误差未知".to_owned(),
    };
    let doubt = match (fix.mocked, fix.provider) {
        (true, _) => "模拟定位",
        (false, Provider::Network) => "网络定位",
        (false, Provider::Replay) => "回放轨迹",
        (false, Provider::Gps) => "",
    };
    join([&at(place.longitude, "东经", "西经"), &at(place.latitude, "北纬", "南纬"), &accuracy, doubt])
}

fn join<const N: usize>(parts: [&str; N]) -> String {
    parts.into_iter().filter(|part| !part.trim().is_empty()).collect::<Vec<_>>().join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geofence::Position;

    fn fix() -> Fix {
        Fix {
            position: Position::new(112.9, -0.5).unwrap(),
            accuracy_m: 7.2,
            provider: Provider::Gps,
            mocked: false,
            boot_ms: 0,
            satellite_time: None,
            satellites: None,
        }
    }

    fn mark(fix: Option<&Fix>) -> Mark<'_> {
        Mark {
            discharger: "演示热电厂",
            point: "1# 烟囱",
            person: "张三",
            at: "2026-11-23T06:05:09Z".parse().unwrap(),
            is_proven: true,
            fix,
            sha256: Hash::of(b"abc"),
            source: PhotoSource::Camera,
        }
    }

    #[test]
    fn a_mark_says_where_when_and_by_whom() {
        let fix = fix();
        assert_eq!(
            mark(Some(&fix)).lines(),
            [
                "演示热电厂 · 1# 烟囱",
                "2026-11-23 14:05:09",
                "东经 112.900000° · 南纬 0.500000° · 误差 12 m",
                "张三 · 原图 ba7816bf",
            ]
        );
    }

    #[test]
    fn a_mark_says_what_is_in_doubt() {
        let mocked = Fix { mocked: true, ..fix() };
        let network = Fix { provider: Provider::Network, accuracy_m: 0.0, ..fix() };
        let third = |fix: Option<&Fix>| mark(fix).lines().remove(2);
        assert_eq!(third(None), "没有定位");
        assert!(third(Some(&mocked)).ends_with("误差 12 m · 模拟定位"));
        assert!(third(Some(&network)).ends_with("误差未知 · 网络定位"));
        let desk =
            Mark { discharger: "", point: "", is_proven: false, source: PhotoSource::Imported, ..mark(None) };
        assert_eq!(desk.lines()[0], "2026-11-23 14:05:09 · 时间未经证实");
        assert_eq!(desk.lines().last().unwrap(), "张三 · 原图 ba7816bf · 导入的照片");
    }
}
