//! The register (requirements.md M1 to M4): operators, dischargers, points, instruments, people, gas bottles.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::geofence::{Fence, Position};
use crate::id::{BottleId, DischargerId, InstrumentId, Jurisdiction, OperatorId, PersonId, PointId};
use crate::plate::PlateCode;

/// 运维机构 (M4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Operator {
    /// Id in the register.
    pub id: OperatorId,
    /// Name as filed.
    pub name: String,
    /// 统一社会信用代码.
    pub credit_code: String,
    /// 法定代表人.
    pub legal_person: String,
    /// 办公地址.
    pub office: String,
}

/// 排污单位.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Discharger {
    /// Id in the register.
    pub id: DischargerId,
    /// 企业名称.
    pub name: String,
    /// 统一社会信用代码.
    pub credit_code: String,
    /// Postal address.
    pub address: String,
}

/// A person who maintains monitors for an operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Person {
    /// Id in the register.
    pub id: PersonId,
    /// Whom the person works for.
    pub operator: OperatorId,
    /// Full name.
    pub name: String,
    /// 岗位, such as 废气运维.
    pub post: String,
    /// 持证编号; empty is refused on import.
    pub certificate_no: String,
    /// Last day of the certificate.
    pub certificate_until: NaiveDate,
    /// Argon2 hash (PHC) of the current one-time personal code, by which a PIN is set or reset without network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_hash: Option<String>,
}

/// 废气 or 废水.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Medium {
    /// 废气: a stack.
    Gas,
    /// 废水: an outfall.
    Water,
}

/// 监测点位: one stack or outfall with its station house and fence (M1, M3).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Point {
    /// Id in the register.
    pub id: PointId,
    /// Who owns the outlet.
    pub discharger: DischargerId,
    /// Who maintains the monitors.
    pub operator: OperatorId,
    /// 安装点位名称, such as 1# 烟囱.
    pub name: String,
    /// 点位编号 of the authority.
    pub number: String,
    /// Gas or water.
    pub medium: Medium,
    /// Whose rules hold here.
    pub jurisdiction: Jurisdiction,
    /// 安装地点 in words.
    pub location: String,
    /// The station house, WGS-84.
    pub position: Position,
    /// The fence of a sign-in, WGS-84.
    pub fence: Fence,
    /// 系统生产商.
    pub system_maker: String,
    /// 安装单位.
    pub installer: String,
    /// 基准氧含量, % (gas).
    #[serde(default)]
    pub reference_oxygen_percent: Option<Decimal>,
    /// 速度场系数 (gas).
    #[serde(default)]
    pub velocity_coefficient: Option<Decimal>,
    /// 烟道截面积, m² (gas).
    #[serde(default)]
    pub duct_area_m2: Option<Decimal>,
    /// 皮托管系数 (gas).
    #[serde(default)]
    pub pitot_coefficient: Option<Decimal>,
    /// What the QR plate at the station house holds, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plate: Option<PlateCode>,
}

/// What an instrument is, for the rules: Table 4 of HJ 75 speaks of kinds, not of factors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum InstrumentKind {
    /// 气态污染物 (O2 counts as gaseous).
    Gas,
    /// 颗粒物.
    Particulate,
    /// 流速.
    Velocity,
    /// 温度.
    Temperature,
    /// 湿度.
    Humidity,
    /// 水质自动分析仪.
    WaterAnalyser,
    /// 流量计.
    FlowMeter,
    /// 水质自动采样器.
    Sampler,
    /// 数采仪.
    DataLogger,
}

/// How a gas analyser gets at the gas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Sampling {
    /// 完全抽取法.
    Extractive,
    /// 稀释采样法.
    Dilution,
    /// 直接测量法.
    Direct,
}

/// 仪器 (M1 to M3). Fields that the register may lack are optional; an import names what is missing otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Instrument {
    /// Id in the register.
    pub id: InstrumentId,
    /// Where it stands.
    pub point: PointId,
    /// What it is, for the rules.
    pub kind: InstrumentKind,
    /// 监测因子, such as `SO2`, `NOX`, `O2`, `PM`, `COD`; for samplers and loggers what they are.
    pub factor: String,
    /// How the sample is taken (gas analysers).
    #[serde(default)]
    pub sampling: Option<Sampling>,
    /// True if it calibrates itself each day, so that the manual period does not hold.
    #[serde(default)]
    pub auto_calibration: bool,
    /// 品牌.
    pub brand: String,
    /// 规格型号.
    pub model: String,
    /// 生产商.
    pub manufacturer: String,
    /// 出厂编号.
    pub serial_no: String,
    /// 分析原理.
    pub principle: String,
    /// 计量单位, empty for samplers and loggers.
    #[serde(default)]
    pub unit: String,
    /// Lower end of the set range, in `unit`; may be below zero.
    #[serde(default)]
    pub range_low: Option<Decimal>,
    /// Upper end of the set range, in `unit`.
    #[serde(default)]
    pub range_high: Option<Decimal>,
    /// 检出限, in `unit`.
    #[serde(default)]
    pub detection_limit: Option<Decimal>,
    /// True for 进口.
    #[serde(default)]
    pub imported: bool,
    /// 建设状态, such as 已验收.
    pub construction_state: String,
    /// 计量器具许可证 / 型式批准.
    #[serde(default)]
    pub licence_no: Option<String>,
    /// 适用性检测报告编号.
    #[serde(default)]
    pub test_report_no: Option<String>,
    /// 原运维单位.
    #[serde(default)]
    pub operator_before: Option<String>,
    /// Samplers (M2): functions, outlet type, whether mixed sampling was reconstructed, whether refrigerated; in words.
    #[serde(default)]
    pub sampler: Option<Sampler>,
}

/// A factor's name without the marks in which registers differ: `NH3-N`, `nh3_n` and `NH₃N` are one.
fn plain_factor(factor: &str) -> String {
    let plain = factor.chars().filter(|c| c.is_alphanumeric()).map(|c| match c {
        '₂' => '2',
        '₃' => '3',
        'ₓ' => 'X',
        _ => c,
    });
    plain.collect::<String>().to_uppercase()
}

/// True if two names mean one factor.
pub fn same_factor(a: &str, b: &str) -> bool {
    a == b || plain_factor(a) == plain_factor(b)
}

/// True if a list of factors is empty or names one.
pub fn is_factor(list: &[String], factor: &str) -> bool {
    list.is_empty() || list.iter().any(|one| same_factor(one, factor))
}

/// True if two texts are one unit: µ has two code points, and cubes are written `m3` as well.
pub fn same_unit(a: &str, b: &str) -> bool {
    let plain =
        |unit: &str| unit.replace(['µ', 'u'], "μ").replace('³', "3").replace("°C", "℃").replace(' ', "");
    a == b || plain(a) == plain(b)
}

/// The factors in the order in which the official tables print their blocks; others follow.
const TABLE_ORDER: [&str; 8] = ["SO2", "NOX", "O2", "COD", "NH3N", "TP", "TN", "PH"];

/// Puts a point's instruments in the order of the official tables: kinds as they stand there, then factors, then ids.
pub fn in_table_order(mut instruments: Vec<Instrument>) -> Vec<Instrument> {
    let place = |factor: &str| {
        let name = plain_factor(factor);
        TABLE_ORDER.iter().position(|known| *known == name).unwrap_or(TABLE_ORDER.len())
    };
    instruments.sort_by(|a, b| (a.kind, place(&a.factor), &a.id).cmp(&(b.kind, place(&b.factor), &b.id)));
    instruments
}

/// What M2 asks of a sampler beyond M1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Sampler {
    /// 功能.
    pub functions: String,
    /// 排口类型.
    pub outlet_type: String,
    /// 是否完成混合采样改造.
    pub mixed_sampling: bool,
    /// 是否具备冷藏.
    pub refrigerated: bool,
}

/// 标气瓶: a bottle of standard gas at a point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Bottle {
    /// The bottle's number.
    pub id: BottleId,
    /// Where it stands.
    pub point: PointId,
    /// The factor whose gas it holds, such as `SO2`; `ZERO` for zero gas.
    pub substance: String,
    /// Certified concentration, in `unit`.
    pub concentration: Decimal,
    /// 计量单位.
    pub unit: String,
    /// Relative uncertainty of the certificate, %.
    pub uncertainty_percent: Decimal,
    /// 生产商.
    pub supplier: String,
    /// Last day of validity.
    pub valid_until: NaiveDate,
    /// Pressure when last read, MPa.
    pub pressure_mpa: Decimal,
}
