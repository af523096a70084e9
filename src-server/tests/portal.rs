//! Records of all kinds as people read them in the portal, and desk work within its organisation.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod support;

use axum::http::StatusCode;
use stackside_core::act::{Act, PhotoTaken};
use stackside_core::hash::Hash;
use stackside_core::id::{PhotoId, VisitId};
use stackside_core::photo::PhotoSource;
use stackside_server::access::Role;
use support::forms::{self, act, pdf, strokes};
use support::{City, Tablet, demo, file, new_id, photo, sign_in};

/// A city with one tablet and a supervisor's cookie.
async fn start() -> (City, Tablet, String) {
    let city = City::new();
    let mut tablet = city.tablet().await;
    let first = tablet.first();
    tablet.receipt(&city, &[first]).await;
    city.add_user("a", Role::Supervisor, "demo-operator");
    let cookie = city.log_in("a").await;
    (city, tablet, cookie)
}

async fn take(city: &City, tablet: &mut Tablet, acts: impl IntoIterator<Item = Act>) {
    let entries: Vec<_> = acts.into_iter().map(|act| tablet.make(&act)).collect();
    tablet.receipt(city, &entries).await;
}

async fn get(city: &City, cookie: &str, path: &str) -> support::Reply {
    city.send("GET", path, &[("cookie", cookie)], "").await
}

/// The text of a page without its tags, spaces made one.
fn plain(html: &str) -> String {
    let mut text = String::new();
    let mut is_tag = false;
    for c in html.chars() {
        match c {
            '<' => is_tag = true,
            '>' => {
                is_tag = false;
                text.push(' ');
            }
            _ if !is_tag => text.push(c),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn holds(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "`{part}` in {text}");
    }
}

#[tokio::test]
async fn an_inspection_shows_its_marks_remarks_and_what_was_left_out() {
    let (city, mut tablet, cookie) = start().await;
    let visit = VisitId::new(new_id());
    take(&city, &mut tablet, [sign_in(visit, "demo-outfall"), act(forms::inspection(&city, visit))]).await;
    let page = plain(&get(&city, &cookie, &format!("/visits/{visit}")).await.text());
    holds(
        &page,
        &[
            "巡检维护记录表 × 1",
            "维护预备",
            "查询日志 √",
            "检查耗材 × 试剂余量不足，已补充",
            "站房卫生 无法检查 门锁损坏，无法进入",
            "天气 阴",
            "站房温度 21.5 ℃",
            "采样泵采水情况 — 未检查",
        ],
    );
    let english = plain(&get(&city, &cookie, &format!("/visits/{visit}?lang=en")).await.text());
    holds(
        &english,
        &["Read the logs √", "Station clean not possible 门锁损坏", "Weather Overcast", "— not inspected"],
    );
}

#[tokio::test]
async fn pairs_stand_in_a_table_with_their_verdict_limit_and_clause() {
    let (city, mut tablet, cookie) = start().await;
    let visit = VisitId::new(new_id());
    take(&city, &mut tablet, [sign_in(visit, "demo-stack-1"), act(forms::verification(&city, visit))]).await;
    let html = get(&city, &cookie, &format!("/visits/{visit}")).await.text();
    assert_eq!(html.matches("参比方法测定值（μmol/mol）").count(), 1, "column heads once");
    let page = plain(&html);
    holds(
        &page,
        &[
            "CEMS 校验测试记录表 失控",
            "SO₂ 校验",
            "序号 监测时间 参比方法测定值（μmol/mol） CEMS 测定值（μmol/mol）",
            "9 2026-11-23 17:00 300.9 303.1",
            "准确度 合格",
            "准确度 失控",
            "评价结果 不合格",
            "依据：HJ 75",
            "依据待核",
            "序号 仪器名称 设备型号",
            "1 烟气分析仪 演示-G500",
        ],
    );
    assert!(page.find("SO₂ 校验").unwrap() < page.find("O₂ 校验 ").unwrap_or(usize::MAX));
    let english = plain(&get(&city, &cookie, &format!("/visits/{visit}?lang=en")).await.text());
    holds(&english, &["Verification of CEMS Out of control", "Accuracy Pass", "limit ", "Clause: HJ 75"]);
}

#[tokio::test]
async fn a_check_shows_its_failure_the_replaced_value_and_the_second_signature() {
    let (city, mut tablet, cookie) = start().await;
    let visit = VisitId::new(new_id());
    take(&city, &mut tablet, [sign_in(visit, "demo-outfall"), act(forms::standard_check(&city, visit))])
        .await;
    let path = format!("/visits/{visit}");
    let before = get(&city, &cookie, &path).await.text();
    assert_eq!(before.matches("尚未收到").count(), 2, "neither signature has arrived");
    tablet.upload(&city, &strokes()).await;
    let html = get(&city, &cookie, &path).await.text();
    assert_eq!(html.matches("<svg class=\"signature\"").count(), 2, "drawn like the technician's");
    holds(
        &plain(&html),
        &[
            "化学需氧量 标样核查及校准",
            "标样核查 不合格 相对误差 +24.00 %，限值 ±",
            "标准溶液浓度 50 mg/L 原预填值 80 · 说明：换了一瓶标准溶液",
            "1 2026-11-23 10:40",
            "依据：HJ 355-2019",
        ],
    );
}

#[tokio::test]
async fn a_comparison_shows_how_many_pairs_passed_and_its_photos_in_their_place() {
    let (city, mut tablet, cookie) = start().await;
    let visit = VisitId::new(new_id());
    let mut record = forms::comparison(&city, visit);
    let taken = file(&photo(), "image/jpeg");
    record.photos = vec![taken.clone()];
    let work = PhotoTaken {
        photo: PhotoId::new(new_id()),
        visit: Some(visit),
        record: Some(record.record),
        slot: Some("flow/DW001-FLOW/photo_work".into()),
        source: PhotoSource::Camera,
        file: taken,
        fix: None,
    };
    let slot = slot_of(&record.form, "photo_work");
    let work = PhotoTaken { slot: Some(slot), ..work };
    take(&city, &mut tablet, [sign_in(visit, "demo-outfall"), Act::PhotoTaken(work), act(record)]).await;
    let hash = tablet.upload(&city, &photo()).await;
    let html = get(&city, &cookie, &format!("/visits/{visit}")).await.text();
    assert_eq!(
        html.matches(&format!("<img src=\"/files/{hash}\"")).count(),
        1,
        "at its field and nowhere else"
    );
    holds(
        &plain(&html),
        &[
            "实际水样比对 合格 合格数据对 2/3，至少 2 对",
            "在线监测仪器测定结果（mg/L）",
            "1 82 80 81 否 80.5",
            "合格 3 190 81 否 81",
            "比对结果 合格",
            "人员比对工作过程照片",
        ],
    );
    let english = plain(&get(&city, &cookie, &format!("/visits/{visit}?lang=en")).await.text());
    holds(&english, &["Real samples Pass pairs passed 2/3, at least 2", "Result Passed"]);
}

/// The slot of a photo field that stands once.
fn slot_of(form: &stackside_core::id::FormCode, field: &str) -> String {
    let forms = stackside_core::form::built_in().unwrap();
    let form = forms.iter().find(|one| one.code == *form).unwrap();
    let section = form.sections.iter().find(|section| section.field(field).is_some()).unwrap();
    let row = section.repeat.as_ref().map(|_| "DW001-FLOW/").unwrap_or_default();
    format!("{}/{row}{field}", section.id)
}

#[tokio::test]
async fn a_desk_record_is_reached_from_its_day_with_its_document() {
    let (city, mut tablet, cookie) = start().await;
    let record = forms::report(&city);
    let id = record.record;
    let document = PhotoTaken {
        photo: PhotoId::new(new_id()),
        visit: None,
        record: Some(id),
        slot: Some("report/file".into()),
        source: PhotoSource::Document,
        file: file(&pdf(), "application/pdf"),
        fix: None,
    };
    take(&city, &mut tablet, [Act::PhotoTaken(document), act(record)]).await;
    let day = get(&city, &cookie, "/visits?date=2026-11-23").await.text();
    holds(
        &plain(&day),
        &["这一天没有运维活动", "室内工作的记录", "14:00 比对、校验报告 演示污水处理厂 总排口"],
    );
    assert!(day.contains(&format!("href=\"/records/{id}\"")));
    let path = format!("/records/{id}");
    let waiting = plain(&get(&city, &cookie, &path).await.text());
    holds(&waiting, &["室内工作，无现场签到", "报告文件（PDF） 比对报告 2026-11.pdf 尚未收到"]);
    let hash = tablet.upload(&city, &pdf()).await;
    let html = get(&city, &cookie, &path).await.text();
    assert!(html.contains(&format!("href=\"/files/{hash}\" download=\"比对报告 2026-11.pdf\"")), "{html}");
    assert!(!html.contains("<img"), "a document is no photo");
    let words = ["报告类型 实际水样比对", "结论 合格", "1 化学需氧量 · 演示水仪 演示-C1", "演示·技术员甲"];
    holds(&plain(&html), &words);
    let sent = get(&city, &cookie, &format!("/files/{hash}")).await;
    assert_eq!((sent.status, sent.header("content-type")), (StatusCode::OK, "application/pdf"));
    assert_eq!((sent.header("content-disposition"), &sent.body), ("attachment", &pdf()));
}

#[tokio::test]
async fn desk_records_and_their_files_are_limited_to_the_organisation() {
    let (city, mut tablet, _) = start().await;
    let other = city.folder.path().join("other");
    std::fs::create_dir(&other).unwrap();
    let row = std::fs::read_to_string(demo().join("operator.toml")).unwrap();
    std::fs::write(other.join("operator.toml"), row.replace("demo-operator", "other-operator")).unwrap();
    city.app.import(&other, false).unwrap();
    let record = forms::report(&city);
    let id = record.record;
    take(&city, &mut tablet, [act(record)]).await;
    let hash = tablet.upload(&city, &pdf()).await;
    use Role::*;
    for (login, role, organisation, sees) in [
        ("b", OperatorAdmin, "demo-operator", true),
        ("c", OperatorAdmin, "other-operator", false),
        ("d", Supervisor, "other-operator", false),
        ("e", Discharger, "demo-sewage", true),
        ("f", Discharger, "demo-power", false),
        ("g", Regulator, "CN-42", true),
        ("h", PatrolInspector, "CN-14", false),
    ] {
        city.add_user(login, role, organisation);
        let cookie = city.log_in(login).await;
        let status = if sees { StatusCode::OK } else { StatusCode::NOT_FOUND };
        assert_eq!(
            get(&city, &cookie, &format!("/records/{id}")).await.status,
            status,
            "{login}: the record"
        );
        assert_eq!(get(&city, &cookie, &format!("/files/{hash}")).await.status, status, "{login}: its file");
        let day = get(&city, &cookie, "/visits?date=2026-11-23").await.text();
        assert_eq!(day.contains("比对、校验报告"), sees, "{login}: the day");
    }
}

#[tokio::test]
async fn a_form_that_nobody_knows_is_shown_as_it_came_and_an_imported_one_in_its_words() {
    let (city, mut tablet, cookie) = start().await;
    let visit = VisitId::new(new_id());
    let answers = [("prep/b1.1", "ok"), ("sampling/flume", "bad 堰槽淤积"), ("x/y/@3/z", "17")];
    let city_form = forms::signed(&city, ("HJ355-B", 101), Some(visit), "demo-outfall", &answers, &[]);
    let unknown = forms::signed(&city, ("LOCAL-9", 3), None, "demo-outfall", &answers, &[]);
    let id = unknown.record;
    take(&city, &mut tablet, [sign_in(visit, "demo-outfall"), act(city_form), act(unknown)]).await;
    let page = plain(&get(&city, &cookie, &format!("/visits/{visit}")).await.text());
    let words = ["（大同，演示）", "量水堰槽 × 堰槽淤积", "表单之外的内容，按原样显示 x/y/@3/z 17"];
    holds(&page, &words);
    let page = get(&city, &cookie, &format!("/records/{id}")).await;
    assert_eq!(page.status, StatusCode::OK);
    let words = ["LOCAL-9", "本系统没有这一版表单，按原样显示", "sampling/flume bad 堰槽淤积", "x/y/@3/z 17"];
    holds(&plain(&page.text()), &words);
}

#[tokio::test]
async fn every_form_that_ships_is_shown_in_both_languages() {
    let (city, mut tablet, cookie) = start().await;
    for form in stackside_core::form::built_in().unwrap() {
        let point = if form.medium == Some(stackside_core::register::Medium::Gas) {
            "demo-stack-1"
        } else {
            "demo-outfall"
        };
        let hash = Hash::of(b"a file that never came");
        let mut answers = vec![];
        for section in form.sections.iter().filter(|section| section.repeat.is_none()) {
            for (line, fields) in [("", &section.fields), ("@1/", &section.columns)] {
                for field in fields {
                    use stackside_core::form::FieldType::*;
                    let text = match field.kind {
                        Check => "impossible 停产".to_owned(),
                        Choice | Choices | Computed if !field.choices.is_empty() => {
                            field.choices[0].value.clone()
                        }
                        YesNo => "yes".into(),
                        Instrument => "DW001-COD".into(),
                        File | Signature => format!("{hash} 9 a.pdf"),
                        _ => "12".into(),
                    };
                    answers.push((format!("{}/{line}{}", section.id, field.id), text));
                }
            }
        }
        let answers: Vec<(&str, &str)> = answers.iter().map(|(key, text)| (&**key, &**text)).collect();
        let record = forms::signed(&city, (form.code.as_str(), form.version), None, point, &answers, &[]);
        let path = format!("/records/{}", record.record);
        take(&city, &mut tablet, [act(record)]).await;
        for (lang, title) in [("zh", &form.title.zh), ("en", &form.title.en)] {
            let page = get(&city, &cookie, &format!("{path}?lang={lang}")).await;
            assert_eq!(page.status, StatusCode::OK, "{} {lang}", form.code);
            let text = page.text();
            assert!(text.contains(&escaped(title)), "{title}: {text}");
            let left = if lang == "zh" { "表单之外" } else { "Beyond the form" };
            assert!(!text.contains(left), "{} {lang}: an answer has no place", form.code);
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&#38;")
}
