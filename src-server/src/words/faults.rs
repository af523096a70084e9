//! Faults in words.

use chrono::TimeDelta;
use stackside_core::fault::{ChangeKind, ClockState, FaultPart, StepKind};
use stackside_core::rulebook::FaultEvent;

use super::Words;

impl Words {
    pub(crate) fn faults(&self) -> &'static str {
        self.pick("故障", "Faults")
    }
    pub(crate) fn no_faults(&self) -> &'static str {
        self.pick("没有故障记录", "No faults")
    }
    pub(crate) fn fault_open(&self) -> &'static str {
        self.pick("未结束", "open")
    }
    pub(crate) fn fault_over(&self) -> &'static str {
        self.pick("已结束", "over")
    }
    pub(crate) fn fault_clocks(&self) -> &'static str {
        self.pick("时限", "Deadlines")
    }
    pub(crate) fn fault_steps(&self) -> &'static str {
        self.pick("经过", "What happened")
    }
    pub(crate) fn fault_next(&self) -> &'static str {
        self.pick("尚需", "Still to do")
    }
    pub(crate) fn fault_since(&self) -> &'static str {
        self.pick("发现时间", "Noticed")
    }
    pub(crate) fn fault_part_label(&self) -> &'static str {
        self.pick("故障部位", "Part of the system")
    }
    pub(crate) fn fault_superseded(&self) -> &'static str {
        self.pick("已更正", "corrected")
    }
    pub(crate) fn fault_noted(&self) -> &'static str {
        self.pick("记录于", "noted")
    }
    pub(crate) fn fault_record(&self) -> &'static str {
        self.pick("依据的记录", "Record")
    }
    pub(crate) fn fault_missed_before(&self) -> &'static str {
        self.pick("此前未按时", "missed before")
    }

    /// A step by its kind.
    pub(crate) fn fault_step(&self, kind: StepKind) -> &'static str {
        let (zh, en) = match kind {
            StepKind::Noticed => ("发现", "Noticed"),
            StepKind::Reported => ("报告", "Reported"),
            StepKind::Arrived => ("到场", "Arrived"),
            StepKind::Repaired => ("修复", "Repaired"),
            StepKind::Proved => ("验证", "Proved"),
            StepKind::BackInService => ("恢复", "Back in service"),
            StepKind::ManualMonitoring => ("人工监测", "Manual monitoring"),
            StepKind::Changed => ("变更", "Changed"),
            StepKind::Commissioned => ("调试", "Commissioned"),
            StepKind::Accepted => ("验收", "Accepted"),
            StepKind::Filed => ("备案", "Filed"),
            StepKind::Withdrawn => ("撤销", "Withdrawn"),
        };
        self.pick(zh, en)
    }

    /// The part of the system that failed.
    pub(crate) fn fault_part(&self, part: FaultPart) -> &'static str {
        let (zh, en) = match part {
            FaultPart::Sampling => ("采样系统", "Sampling system"),
            FaultPart::Instrument => ("监测仪器", "Instrument"),
            FaultPart::Logger => ("数采仪", "Data logger"),
            FaultPart::Network => ("网络通信", "Communication"),
            FaultPart::Power => ("供电", "Power"),
            FaultPart::Station => ("站房及辅助设备", "Station and auxiliary equipment"),
            FaultPart::Other => ("其他", "Other"),
        };
        self.pick(zh, en)
    }

    /// What was changed.
    pub(crate) fn fault_change(&self, change: ChangeKind) -> &'static str {
        let (zh, en) = match change {
            ChangeKind::CorePart => ("更换或移动核心部件", "core part replaced or moved"),
            ChangeKind::Range => ("量程", "range"),
            ChangeKind::Parameter => ("参数", "parameter"),
            ChangeKind::Instrument => ("更换监测仪器", "instrument replaced"),
            ChangeKind::DataLogger => ("更换数采仪", "data logger replaced"),
        };
        self.pick(zh, en)
    }

    /// What a deadline asks for.
    pub(crate) fn fault_event(&self, event: FaultEvent) -> &'static str {
        let (zh, en) = match event {
            FaultEvent::Arrive => ("到达现场", "On site"),
            FaultEvent::Report => ("报告管理部门", "Report to the authority"),
            FaultEvent::Repair => ("修复", "Repaired"),
            FaultEvent::Back => ("恢复运行", "Back in operation"),
            FaultEvent::ManualMonitoring => ("人工监测", "Manual monitoring"),
        };
        self.pick(zh, en)
    }

    /// Where a deadline stands: tone and word.
    pub(crate) fn fault_clock(&self, state: ClockState) -> (&'static str, &'static str) {
        match state {
            ClockState::Missed => ("bad", self.pick("超时", "missed")),
            ClockState::Running => ("warn", self.pick("计时中", "running")),
            ClockState::Met => ("ok", self.pick("按时", "in time")),
        }
    }

    /// How much time is left, or by how much it is over.
    pub(crate) fn fault_left(&self, left: TimeDelta) -> String {
        let minutes = left.num_minutes().abs();
        let (hours, minutes) = (minutes / 60, minutes % 60);
        let time = match self.pick("zh", "en") {
            "zh" => format!("{hours} 小时 {minutes} 分钟"),
            _ => format!("{hours} h {minutes} min"),
        };
        match (left < TimeDelta::zero(), self.pick("zh", "en")) {
            (true, "zh") => format!("已超 {time}"),
            (false, "zh") => format!("还有 {time}"),
            (true, _) => format!("{time} over"),
            (false, _) => format!("{time} left"),
        }
    }
}
