//! The words of the plan.

use stackside_core::due::Urgency;
use stackside_core::rulebook::Every;

use super::Words;

impl Words {
    pub(crate) fn plan(&self) -> &'static str {
        self.pick("运维计划", "O&M plan")
    }
    pub(crate) fn plan_note(&self) -> &'static str {
        self.pick(
            "每个点位由谁、做什么、多久一次。国家和地方规定的周期始终有效，先到期者为准。",
            "Who does what at each point, and how often. The periods of the rules hold in any case; the earlier end counts.",
        )
    }
    pub(crate) fn no_points(&self) -> &'static str {
        self.pick("没有登记的点位", "No point is registered")
    }
    pub(crate) fn too_much(&self) -> &'static str {
        self.pick("超出人员负荷", "More than one person may look after")
    }
    pub(crate) fn plan_lines(&self) -> &'static str {
        self.pick("计划", "Plan")
    }
    pub(crate) fn no_plan(&self) -> &'static str {
        self.pick("还没有计划", "Nothing is planned yet")
    }
    pub(crate) fn add_line(&self) -> &'static str {
        self.pick("添加", "Add")
    }
    pub(crate) fn remove_line(&self) -> &'static str {
        self.pick("删除", "Remove")
    }
    pub(crate) fn what(&self) -> &'static str {
        self.pick("内容", "What")
    }
    pub(crate) fn how_often(&self) -> &'static str {
        self.pick("频次", "How often")
    }
    pub(crate) fn days_unit(&self) -> &'static str {
        self.pick("天", "days")
    }
    pub(crate) fn months_unit(&self) -> &'static str {
        self.pick("个月", "months")
    }
    pub(crate) fn since_day(&self) -> &'static str {
        self.pick("自", "From")
    }
    pub(crate) fn persons(&self) -> &'static str {
        self.pick("人员", "Persons")
    }
    pub(crate) fn instruments(&self) -> &'static str {
        self.pick("仪器（不选即整个点位）", "Instruments (none: the whole point)")
    }
    pub(crate) fn tasks(&self) -> &'static str {
        self.pick("任务", "Tasks")
    }
    pub(crate) fn stopped(&self) -> &'static str {
        self.pick("停运", "Stopped")
    }
    pub(crate) fn plan_incomplete(&self) -> &'static str {
        self.pick(
            "没有保存：内容、频次（1 至 400）、日期和人员都要填",
            "Nothing was saved: what, how often (1 to 400), date and persons are all needed",
        )
    }

    /// How often, in words.
    pub(crate) fn every(&self, every: Every) -> String {
        match every {
            Every::Hours(n) => self.pick("每 {} 小时", "every {} h").replace("{}", &n.to_string()),
            Every::Days(n) => self.pick("每 {} 天", "every {} days").replace("{}", &n.to_string()),
            Every::Months(n) => self.pick("每 {} 个月", "every {} months").replace("{}", &n.to_string()),
            Every::Quarter => self.pick("每季度", "quarterly").to_owned(),
            Every::QuarterWorkingDays(n) => self
                .pick("每季度前 {} 个工作日", "first {} working days of a quarter")
                .replace("{}", &n.to_string()),
            Every::WorkingDays(n) => {
                self.pick("{} 个工作日内", "within {} working days").replace("{}", &n.to_string())
            }
        }
    }

    /// How a task stands: tone and word.
    pub(crate) fn urgency(&self, urgency: Urgency) -> (&'static str, &'static str) {
        match urgency {
            Urgency::Overdue => ("bad", self.pick("逾期", "Overdue")),
            Urgency::Today => ("warn", self.pick("今天到期", "Due today")),
            Urgency::NeverDone => ("warn", self.pick("无记录", "No record")),
            Urgency::Soon => ("idle", self.pick("即将到期", "Due soon")),
            Urgency::Later => ("ok", self.pick("未到期", "Not due")),
            Urgency::Paused => ("idle", self.pick("暂停", "Resting")),
            Urgency::Attested => ("ok", self.pick("设备自动", "By the machine")),
        }
    }
}
