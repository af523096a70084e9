BEGIN TRANSACTION;
CREATE TABLE answer (
    --- One answer of a record, committed as it is given.
    record          TEXT NOT NULL REFERENCES record (id),
    -- `section/field` or `section/instrument/field`.
    key             TEXT NOT NULL,
    -- As it stands in the field, valid or not yet.
    text            TEXT NOT NULL,
    -- Where it came from.
    origin          TEXT NOT NULL,
    -- Of a replaced value: what stood there, where that came from, and why it was replaced.
    original        TEXT,
    original_origin TEXT,
    reason          TEXT,
    PRIMARY KEY (record, key)
) STRICT;
INSERT INTO "answer" VALUES('01a20ad7-b123-762b-9853-74b5687768db','analyser/I-SO2/bottle','B1','{"from":"register"}',NULL,NULL,NULL);
INSERT INTO "answer" VALUES('01a20ad7-b123-762b-9853-74b5687768db','analyser/I-SO2/principle','非分散红外','{"from":"register"}',NULL,NULL,NULL);
INSERT INTO "answer" VALUES('01a20ad7-b123-762b-9853-74b5687768db','analyser/I-SO2/range.high','200','{"from":"register"}',NULL,NULL,NULL);
INSERT INTO "answer" VALUES('01a20ad7-b123-762b-9853-74b5687768db','analyser/I-SO2/range.low','0','{"from":"register"}',NULL,NULL,NULL);
INSERT INTO "answer" VALUES('01a20ad7-b123-762b-9853-74b5687768db','analyser/I-SO2/span.ref','160','{"from":"register"}',NULL,NULL,NULL);
INSERT INTO "answer" VALUES('01a20ad7-b123-762b-9853-74b5687768db','analyser/I-SO2/unit','mg/m³','{"from":"register"}',NULL,NULL,NULL);
INSERT INTO "answer" VALUES('01a20ad7-b123-762b-9853-74b5687768db','analyser/I-SO2/zero.ref','0','{"from":"default"}',NULL,NULL,NULL);
INSERT INTO "answer" VALUES('01a20ad7-b123-762b-9853-74b5687768db','footer/person','张三','{"from":"register"}',NULL,NULL,NULL);
INSERT INTO "answer" VALUES('01a20ad7-b123-762b-9853-74b5687768db','header/cal_date','2026-11-23','{"from":"default"}',NULL,NULL,NULL);
INSERT INTO "answer" VALUES('01a20ad7-b123-762b-9853-74b5687768db','header/cal_start','2026-11-23 14:05','{"from":"default"}',NULL,NULL,NULL);
INSERT INTO "answer" VALUES('01a20ad7-b123-762b-9853-74b5687768db','header/enterprise','演示热电厂','{"from":"register"}',NULL,NULL,NULL);
INSERT INTO "answer" VALUES('01a20ad7-b123-762b-9853-74b5687768db','header/gas_maker','甲厂','{"from":"register"}',NULL,NULL,NULL);
INSERT INTO "answer" VALUES('01a20ad7-b123-762b-9853-74b5687768db','header/gas_model','M1','{"from":"register"}',NULL,NULL,NULL);
INSERT INTO "answer" VALUES('01a20ad7-b123-762b-9853-74b5687768db','header/location','1# 烟囱 30 m','{"from":"register"}',NULL,NULL,NULL);
INSERT INTO "answer" VALUES('01a20ad7-b123-762b-9853-74b5687768db','header/om_unit','演示运维','{"from":"register"}',NULL,NULL,NULL);
INSERT INTO "answer" VALUES('01a20ad7-b123-762b-9853-74b5687768db','analyser/I-SO2/zero.last_after','0','{"from":"typed"}',NULL,NULL,NULL);
INSERT INTO "answer" VALUES('01a20ad7-b123-762b-9853-74b5687768db','analyser/I-SO2/zero.before','1','{"from":"typed"}',NULL,NULL,NULL);
INSERT INTO "answer" VALUES('01a20ad7-b123-762b-9853-74b5687768db','analyser/I-SO2/zero.after','0','{"from":"typed"}',NULL,NULL,NULL);
INSERT INTO "answer" VALUES('01a20ad7-b123-762b-9853-74b5687768db','analyser/I-SO2/span.last_after','160','{"from":"typed"}',NULL,NULL,NULL);
INSERT INTO "answer" VALUES('01a20ad7-b123-762b-9853-74b5687768db','analyser/I-SO2/span.before','162','{"from":"typed"}',NULL,NULL,NULL);
INSERT INTO "answer" VALUES('01a20ad7-b123-762b-9853-74b5687768db','analyser/I-SO2/span.after','160','{"from":"typed"}',NULL,NULL,NULL);
INSERT INTO "answer" VALUES('01a20ad7-b123-762b-9853-74b5687768db','footer/cal_end','2026-11-23 14:05','{"from":"typed"}',NULL,NULL,NULL);
INSERT INTO "answer" VALUES('01a20ad7-b123-762b-9853-74b5687768db','analyser/I-SO2/span.drift','+1.00','{"from":"default"}',NULL,NULL,NULL);
INSERT INTO "answer" VALUES('01a20ad7-b123-762b-9853-74b5687768db','analyser/I-SO2/span.ok','yes','{"from":"default"}',NULL,NULL,NULL);
INSERT INTO "answer" VALUES('01a20ad7-b123-762b-9853-74b5687768db','analyser/I-SO2/zero.drift','+0.50','{"from":"default"}',NULL,NULL,NULL);
INSERT INTO "answer" VALUES('01a20ad7-b123-762b-9853-74b5687768db','analyser/I-SO2/zero.ok','yes','{"from":"default"}',NULL,NULL,NULL);
INSERT INTO "answer" VALUES('01a20ad7-b437-7326-be03-299ca375c2bd','analyser/I-SO2/bottle','B1','{"from":"register"}',NULL,NULL,NULL);
INSERT INTO "answer" VALUES('01a20ad7-b437-7326-be03-299ca375c2bd','analyser/I-SO2/principle','非分散红外','{"from":"register"}',NULL,NULL,NULL);
INSERT INTO "answer" VALUES('01a20ad7-b437-7326-be03-299ca375c2bd','analyser/I-SO2/range.high','200','{"from":"register"}',NULL,NULL,NULL);
INSERT INTO "answer" VALUES('01a20ad7-b437-7326-be03-299ca375c2bd','analyser/I-SO2/range.low','0','{"from":"register"}',NULL,NULL,NULL);
INSERT INTO "answer" VALUES('01a20ad7-b437-7326-be03-299ca375c2bd','analyser/I-SO2/span.last_after','160','{"from":"last","record":"01a20ad7-b123-762b-9853-74b5687768db"}',NULL,NULL,NULL);
INSERT INTO "answer" VALUES('01a20ad7-b437-7326-be03-299ca375c2bd','analyser/I-SO2/span.ref','160','{"from":"register"}',NULL,NULL,NULL);
INSERT INTO "answer" VALUES('01a20ad7-b437-7326-be03-299ca375c2bd','analyser/I-SO2/unit','mg/m³','{"from":"register"}',NULL,NULL,NULL);
INSERT INTO "answer" VALUES('01a20ad7-b437-7326-be03-299ca375c2bd','analyser/I-SO2/zero.last_after','0','{"from":"last","record":"01a20ad7-b123-762b-9853-74b5687768db"}',NULL,NULL,NULL);
INSERT INTO "answer" VALUES('01a20ad7-b437-7326-be03-299ca375c2bd','analyser/I-SO2/zero.ref','0','{"from":"default"}',NULL,NULL,NULL);
INSERT INTO "answer" VALUES('01a20ad7-b437-7326-be03-299ca375c2bd','footer/person','张三','{"from":"register"}',NULL,NULL,NULL);
INSERT INTO "answer" VALUES('01a20ad7-b437-7326-be03-299ca375c2bd','header/cal_date','2026-11-23','{"from":"default"}',NULL,NULL,NULL);
INSERT INTO "answer" VALUES('01a20ad7-b437-7326-be03-299ca375c2bd','header/cal_start','2026-11-23 14:05','{"from":"default"}',NULL,NULL,NULL);
INSERT INTO "answer" VALUES('01a20ad7-b437-7326-be03-299ca375c2bd','header/enterprise','演示热电厂','{"from":"register"}',NULL,NULL,NULL);
INSERT INTO "answer" VALUES('01a20ad7-b437-7326-be03-299ca375c2bd','header/gas_maker','甲厂','{"from":"register"}',NULL,NULL,NULL);
INSERT INTO "answer" VALUES('01a20ad7-b437-7326-be03-299ca375c2bd','header/gas_model','M1','{"from":"register"}',NULL,NULL,NULL);
INSERT INTO "answer" VALUES('01a20ad7-b437-7326-be03-299ca375c2bd','header/location','1# 烟囱 30 m','{"from":"register"}',NULL,NULL,NULL);
INSERT INTO "answer" VALUES('01a20ad7-b437-7326-be03-299ca375c2bd','header/om_unit','演示运维','{"from":"register"}',NULL,NULL,NULL);
INSERT INTO "answer" VALUES('01a20ad7-b437-7326-be03-299ca375c2bd','analyser/I-SO2/zero.before','1,5','{"from":"typed"}',NULL,NULL,NULL);
CREATE TABLE bottle (
    --- 标气瓶.
    id    TEXT NOT NULL PRIMARY KEY,
    point TEXT NOT NULL,
    row   TEXT NOT NULL
) STRICT;
INSERT INTO "bottle" VALUES('B1','DA001','{"id":"B1","point":"DA001","substance":"SO2","concentration":"160","unit":"mg/m³","uncertainty_percent":"1","supplier":"气体厂","valid_until":"2027-06-30","pressure_mpa":"9.5"}');
INSERT INTO "bottle" VALUES('B2','DA001','{"id":"B2","point":"DA001","substance":"SO2","concentration":"150.5","unit":"mg/m³","uncertainty_percent":"1","supplier":"气体厂","valid_until":"2027-06-30","pressure_mpa":"9.5"}');
CREATE TABLE discharger (
    --- 排污单位.
    id  TEXT NOT NULL PRIMARY KEY,
    row TEXT NOT NULL
) STRICT;
INSERT INTO "discharger" VALUES('D1','{"id":"D1","name":"演示热电厂","credit_code":"2","address":"丙"}');
CREATE TABLE entry (
    --- The evidence, and what still has to reach the server: all after the last receipt's seq.
    log       TEXT    NOT NULL REFERENCES log (id),
    -- Without gaps within its log, never reused: design.md §4.
    seq       INTEGER NOT NULL,
    hash      TEXT    NOT NULL,
    kind      TEXT    NOT NULL,
    -- The signed bytes and the body, stored and sent as they are.
    header    TEXT    NOT NULL,
    signature TEXT    NOT NULL,
    body      TEXT    NOT NULL,
    -- What it is about, for lists.
    point     TEXT,
    record    TEXT,
    -- UTC, by the best clock.
    at        TEXT    NOT NULL,
    PRIMARY KEY (log, seq)
) STRICT;
INSERT INTO "entry" VALUES('01a20ad7-afca-75af-9648-34c209e191cf',1,'8904f758ba7d400de203ecef41ed71e322b11760257b7128edb083389064855b','enrolled','{"alg":"ES256","body_hash":"7b89202f2286325ba1f105aa65aa65a96def137f452777a936b84a739e9becec","body_len":487,"clocks":{"boot_id":"boot","boot_ms":1000000,"wall":"2026-11-23T14:05:00+08:00"},"device":"01a20ad7-af82-73ef-bfe8-738b638a0cbb","kind":"enrolled","log":"01a20ad7-afca-75af-9648-34c209e191cf","prev":null,"seq":1,"technician":null,"v":1}','1f274d9ba3bde5164997a8dd3f407e27f78cf15773108178b47ac8783b8f073b3ecbc07b020c8e66f65168e1b0455abdb0c6f1385962f9ec61c9dd48e8068c09','{"certificate":{"key_id":"a133177efe617425","signature":"d08f76a1afa851de924609049e9950b0bda0f63dded9aceecbd0ef3e01f3068600abc1bc832d28339d4ba270cbe8aaaa36e5ed30e4f51b3702ac5da1727294aa","text":"{\"device\":\"01a20ad7-af82-73ef-bfe8-738b638a0cbb\",\"operator\":\"OP1\",\"public_key\":\"03f551aa80d82bc57fe81a1f47d7ebe3f68e7806e55f339a91a64521edf4b1a82b\",\"statement\":\"certificate\",\"valid_from\":\"2026-11-23T06:05:00Z\",\"valid_until\":\"2027-11-23T06:05:00Z\"}"},"kind":"enrolled"}',NULL,NULL,'2026-11-23T06:05:00.000Z');
INSERT INTO "entry" VALUES('01a20ad7-afca-75af-9648-34c209e191cf',2,'fd75095aea638fcd4f634e949863ebb28e720b7b9b6e967a7e47eb3ea5abd39b','signed_in','{"alg":"ES256","body_hash":"44a518a6a87e1dde21f120d678c5e1144e3a101cb03fc86109e3b55ba272f01e","body_len":443,"clocks":{"boot_id":"boot","boot_ms":1000000,"wall":"2026-11-23T14:05:00+08:00"},"device":"01a20ad7-af82-73ef-bfe8-738b638a0cbb","kind":"signed_in","log":"01a20ad7-afca-75af-9648-34c209e191cf","prev":"8904f758ba7d400de203ecef41ed71e322b11760257b7128edb083389064855b","seq":2,"technician":"P1","v":1}','ebd39f35b21b02cbc65775c6cb702211b9cb2ae7c686ac23513eecc3e0b94c0553384329b6adbfd00b0ff981b54c185b7267d5fb170f64493822dd6f6a749fdc','{"fixes":[{"accuracy_m":"5.0","boot_ms":1000000,"latitude":"30.0000000","longitude":"120.0000000","mocked":false,"provider":"gps","satellites":9}],"kind":"signed_in","point":"DA001","presence":{"distance_m":"100.0","fix":{"accuracy_m":"5.0","boot_ms":1000000,"latitude":"30.0000000","longitude":"120.0000000","mocked":false,"provider":"gps","satellites":9},"presence":"inside"},"technician":"P1","visit":"01a20ad7-b0e9-73fb-b61e-869597531aef"}','DA001',NULL,'2026-11-23T06:05:00.000Z');
INSERT INTO "entry" VALUES('01a20ad7-afca-75af-9648-34c209e191cf',3,'dc904cc9b1255e8693e1dce8cf362a0d1b8025ac7422d0268daa9687c893bd26','photo_taken','{"alg":"ES256","body_hash":"4aef60daf71f47b8122782f1861aa5711f88f8f3ff00ae8bebd556e7ebf99f1d","body_len":470,"clocks":{"boot_id":"boot","boot_ms":1000000,"wall":"2026-11-23T14:05:00+08:00"},"device":"01a20ad7-af82-73ef-bfe8-738b638a0cbb","kind":"photo_taken","log":"01a20ad7-afca-75af-9648-34c209e191cf","prev":"fd75095aea638fcd4f634e949863ebb28e720b7b9b6e967a7e47eb3ea5abd39b","seq":3,"technician":"P1","v":1}','52d481a882c04670030a5edd0f93010947ca4a8efd75349c3e7ef7c9f86f5e796e79e83656fbf6b5895dad52fbea8073bea35bc24624a1fecbc0ee45958553d1','{"file":{"media_type":"image/jpeg","sha256":"f6e98842fc7216f84fe45d866c8ee6f365b20b76194dac56b40a8bb9509dc573","size_bytes":1057},"fix":{"accuracy_m":"5.0","boot_ms":1000000,"latitude":"30.0000000","longitude":"120.0000000","mocked":false,"provider":"gps","satellites":9},"kind":"photo_taken","photo":"01a20ad7-b207-7033-b2f4-1ec0b67d5273","record":"01a20ad7-b123-762b-9853-74b5687768db","slot":"reading","source":"camera","visit":"01a20ad7-b0e9-73fb-b61e-869597531aef"}','DA001',NULL,'2026-11-23T06:05:00.000Z');
INSERT INTO "entry" VALUES('01a20ad7-afca-75af-9648-34c209e191cf',4,'09ea675d6b6a75685337194764ce6202ebb8da39a15fe5c0f3fe03692f50b256','record_signed','{"alg":"ES256","body_hash":"640b06eb92c93e70b99da2f76b526a7075ce81ff0daae427910fcbc671471ace","body_len":3085,"clocks":{"boot_id":"boot","boot_ms":1000000,"wall":"2026-11-23T14:05:00+08:00"},"device":"01a20ad7-af82-73ef-bfe8-738b638a0cbb","kind":"record_signed","log":"01a20ad7-afca-75af-9648-34c209e191cf","prev":"dc904cc9b1255e8693e1dce8cf362a0d1b8025ac7422d0268daa9687c893bd26","seq":4,"technician":"P1","v":1}','7c90254d77c308dcffeff51879b1757ac8c9e893884341ab20d6f93112f8d24c3f496d6d75df1ba605bb2836dfbf4cc98ce595369de4ed3d514282955dd29e78','{"answers":{"analyser/I-SO2/bottle":{"origin":{"from":"register"},"text":"B1"},"analyser/I-SO2/principle":{"origin":{"from":"register"},"text":"非分散红外"},"analyser/I-SO2/range.high":{"origin":{"from":"register"},"text":"200"},"analyser/I-SO2/range.low":{"origin":{"from":"register"},"text":"0"},"analyser/I-SO2/span.after":{"origin":{"from":"typed"},"text":"160"},"analyser/I-SO2/span.before":{"origin":{"from":"typed"},"text":"162"},"analyser/I-SO2/span.drift":{"origin":{"from":"default"},"text":"+1.00"},"analyser/I-SO2/span.last_after":{"origin":{"from":"typed"},"text":"160"},"analyser/I-SO2/span.ok":{"origin":{"from":"default"},"text":"yes"},"analyser/I-SO2/span.ref":{"origin":{"from":"register"},"text":"160"},"analyser/I-SO2/unit":{"origin":{"from":"register"},"text":"mg/m³"},"analyser/I-SO2/zero.after":{"origin":{"from":"typed"},"text":"0"},"analyser/I-SO2/zero.before":{"origin":{"from":"typed"},"text":"1"},"analyser/I-SO2/zero.drift":{"origin":{"from":"default"},"text":"+0.50"},"analyser/I-SO2/zero.last_after":{"origin":{"from":"typed"},"text":"0"},"analyser/I-SO2/zero.ok":{"origin":{"from":"default"},"text":"yes"},"analyser/I-SO2/zero.ref":{"origin":{"from":"default"},"text":"0"},"footer/cal_end":{"origin":{"from":"typed"},"text":"2026-11-23 14:05"},"footer/person":{"origin":{"from":"register"},"text":"张三"},"header/cal_date":{"origin":{"from":"default"},"text":"2026-11-23"},"header/cal_start":{"origin":{"from":"default"},"text":"2026-11-23 14:05"},"header/enterprise":{"origin":{"from":"register"},"text":"演示热电厂"},"header/gas_maker":{"origin":{"from":"register"},"text":"甲厂"},"header/gas_model":{"origin":{"from":"register"},"text":"M1"},"header/location":{"origin":{"from":"register"},"text":"1# 烟囱 30 m"},"header/om_unit":{"origin":{"from":"register"},"text":"演示运维"}},"form":"HJ75-G4","form_version":1,"kind":"record_signed","photos":[{"media_type":"image/jpeg","sha256":"f6e98842fc7216f84fe45d866c8ee6f365b20b76194dac56b40a8bb9509dc573","size_bytes":1057}],"point":"DA001","record":"01a20ad7-b123-762b-9853-74b5687768db","rulebook":"CN","rulebook_version":1,"signature":{"media_type":"application/json","sha256":"e2b79a9d77594706c55f3051dd29fc0776891988c004ac4d389cab82d21e3dee","size_bytes":830},"technician":"P1","verdicts":[{"baseline":null,"figures":[{"out_of_control":"5.0","pass":"2.5","shown":"+0.50","unit":"%F.S.","value":"0.5"}],"group":"zero","outcome":"pass","quantity":"zero","row":"I-SO2","rule":{"clause":{"en":"HJ 75-2017 clause 11.6, table 4","zh":"HJ 75-2017 第 11.6 条 表 4"},"id":"hj75.drift.gas.zero","rulebook":"CN","to_be_checked":false,"version":1},"section":"analyser"},{"baseline":null,"figures":[{"out_of_control":"10.0","pass":"2.5","shown":"+1.00","unit":"%F.S.","value":"1"}],"group":"span","outcome":"pass","quantity":"span","row":"I-SO2","rule":{"clause":{"en":"HJ 75-2017 clause 11.6, table 4","zh":"HJ 75-2017 第 11.6 条 表 4"},"id":"hj75.drift.gas.span","rulebook":"CN","to_be_checked":false,"version":1},"section":"analyser"}],"visit":"01a20ad7-b0e9-73fb-b61e-869597531aef"}','DA001','01a20ad7-b123-762b-9853-74b5687768db','2026-11-23T06:05:00.000Z');
INSERT INTO "entry" VALUES('01a20ad7-afca-75af-9648-34c209e191cf',5,'bed782792217dc34d6941184d647e1f2239668e2d11598ab95cb948e96384e6d','photo_taken','{"alg":"ES256","body_hash":"43e0d10708abb0d75c0358b037336b91f98c7d4f4fb48ec4e2ca8b1c60fcfd29","body_len":466,"clocks":{"boot_id":"boot","boot_ms":1000000,"wall":"2026-11-23T14:05:00+08:00"},"device":"01a20ad7-af82-73ef-bfe8-738b638a0cbb","kind":"photo_taken","log":"01a20ad7-afca-75af-9648-34c209e191cf","prev":"09ea675d6b6a75685337194764ce6202ebb8da39a15fe5c0f3fe03692f50b256","seq":5,"technician":"P1","v":1}','a55a38fbc5bf7a5af5f46f00013cce1ec02a16ff1c61d3659bca59b02983a04d242f361032828f9630c7f32bb97f615c0cd0e0b81c1d58350d2b14de52821e75','{"file":{"media_type":"image/jpeg","sha256":"b0824b99e5632b83a712b7b6f8a53753ff36e221e87b4ada62dac6f0664679fa","size_bytes":832},"fix":{"accuracy_m":"5.0","boot_ms":1000000,"latitude":"30.0000000","longitude":"120.0000000","mocked":false,"provider":"gps","satellites":9},"kind":"photo_taken","photo":"01a20ad7-b453-7051-88dc-8c5f2849ccc8","record":"01a20ad7-b437-7326-be03-299ca375c2bd","slot":"site","source":"camera","visit":"01a20ad7-b0e9-73fb-b61e-869597531aef"}','DA001',NULL,'2026-11-23T06:05:00.000Z');
CREATE TABLE file (
    --- What the server has to get beside the entries, by content.
    sha256     TEXT    NOT NULL PRIMARY KEY,
    size_bytes INTEGER NOT NULL,
    media_type TEXT    NOT NULL,
    -- `photo` or `signature`: the folder it lies in.
    kind       TEXT    NOT NULL,
    made_at    TEXT    NOT NULL,
    -- The entry that names it; it is sent after that.
    log        TEXT    NOT NULL,
    seq        INTEGER NOT NULL,
    -- Where a started upload goes on, and how much of it the server holds.
    upload     TEXT,
    sent_bytes INTEGER NOT NULL DEFAULT 0,
    -- When the server confirmed hash and length.
    held_at    TEXT,
    -- Why the server does not take it; a person must look.
    refused    TEXT
) STRICT;
INSERT INTO "file" VALUES('f6e98842fc7216f84fe45d866c8ee6f365b20b76194dac56b40a8bb9509dc573',1057,'image/jpeg','photo','2026-11-23T06:05:00.000Z','01a20ad7-afca-75af-9648-34c209e191cf',3,NULL,1057,'2026-11-23T06:05:00.000Z',NULL);
INSERT INTO "file" VALUES('e2b79a9d77594706c55f3051dd29fc0776891988c004ac4d389cab82d21e3dee',830,'application/json','signature','2026-11-23T06:05:00.000Z','01a20ad7-afca-75af-9648-34c209e191cf',4,NULL,830,'2026-11-23T06:05:00.000Z',NULL);
INSERT INTO "file" VALUES('b0824b99e5632b83a712b7b6f8a53753ff36e221e87b4ada62dac6f0664679fa',832,'image/jpeg','photo','2026-11-23T06:05:00.000Z','01a20ad7-afca-75af-9648-34c209e191cf',5,NULL,832,'2026-11-23T06:05:00.000Z',NULL);
CREATE TABLE instrument (
    --- 仪器 (M1 to M3).
    id    TEXT NOT NULL PRIMARY KEY,
    point TEXT NOT NULL,
    row   TEXT NOT NULL
) STRICT;
INSERT INTO "instrument" VALUES('I-SO2','DA001','{"id":"I-SO2","point":"DA001","kind":"gas","factor":"SO2","sampling":"extractive","auto_calibration":false,"brand":"甲","model":"M1","manufacturer":"甲厂","serial_no":"1","principle":"非分散红外","unit":"mg/m³","range_low":"0","range_high":"200","detection_limit":null,"imported":false,"construction_state":"已验收","licence_no":null,"test_report_no":null,"operator_before":null,"sampler":null}');
CREATE TABLE instrument_last (
    --- The last signed record of a form that worked on an instrument, from any tablet: baselines and due dates.
    instrument TEXT NOT NULL,
    form       TEXT NOT NULL,
    record     TEXT NOT NULL,
    signed_at  TEXT NOT NULL,
    PRIMARY KEY (instrument, form)
) STRICT;
INSERT INTO "instrument_last" VALUES('I-SO2','HJ75-G4','01a20ad7-b123-762b-9853-74b5687768db','2026-11-23T06:05:00.000Z');
CREATE TABLE log (
    --- An evidence log of this tablet. Recovery opens a new one and never reuses a number (design.md §4).
    id          TEXT    NOT NULL PRIMARY KEY,
    -- Order of opening; the highest is the current one.
    number      INTEGER NOT NULL UNIQUE,
    device      TEXT    NOT NULL,
    -- The last receipt: all entries up to `receipt_seq` are held by the server.
    receipt     TEXT,
    receipt_seq INTEGER NOT NULL DEFAULT 0,
    receipt_at  TEXT,
    -- Why the server takes no more of it: `fork`, or its reason.
    stopped     TEXT
) STRICT;
INSERT INTO "log" VALUES('01a20ad7-afca-75af-9648-34c209e191cf',1,'01a20ad7-af82-73ef-bfe8-738b638a0cbb','{"text":"{\"device\":\"01a20ad7-af82-73ef-bfe8-738b638a0cbb\",\"hash\":\"bed782792217dc34d6941184d647e1f2239668e2d11598ab95cb948e96384e6d\",\"log\":\"01a20ad7-afca-75af-9648-34c209e191cf\",\"seq\":5,\"server_time\":\"2026-11-23T06:05:00Z\",\"statement\":\"receipt\"}","key_id":"a133177efe617425","signature":"2a0e3190439202ac538588bf2ed33a27a0b957209706c6a860f26b9f683e352e5956bf5299b2488ef1277441cc401b2ed61e8a92dbf3a7ac67906693f30a6194"}',5,'2026-11-23T06:05:00.000Z',NULL);
CREATE TABLE operator (
    --- 运维机构 (M4). `row` is the register's row as it came, so that members this app does not know are kept.
    id  TEXT NOT NULL PRIMARY KEY,
    row TEXT NOT NULL
) STRICT;
INSERT INTO "operator" VALUES('OP1','{"id":"OP1","name":"演示运维","credit_code":"1","legal_person":"甲","office":"乙"}');
CREATE TABLE person (
    --- A person of the register.
    id       TEXT NOT NULL PRIMARY KEY,
    operator TEXT NOT NULL,
    name     TEXT NOT NULL,
    row      TEXT NOT NULL
) STRICT;
INSERT INTO "person" VALUES('P1','OP1','张三','{"id":"P1","operator":"OP1","name":"张三","post":"废气运维","certificate_no":"1","certificate_until":"2028-01-01","code_hash":"$argon2id$v=19$m=19456,t=2,p=1$/JKd05E/H0f8NbTFVnExbw$TUgghSsHpRHYr2RTrejIZk5prd2Sl9A531SmtgJHkHg"}');
INSERT INTO "person" VALUES('P2','OP1','李四','{"id":"P2","operator":"OP1","name":"李四","post":"废气运维","certificate_no":"1","certificate_until":"2028-01-01","code_hash":"$argon2id$v=19$m=19456,t=2,p=1$/JKd05E/H0f8NbTFVnExbw$TUgghSsHpRHYr2RTrejIZk5prd2Sl9A531SmtgJHkHg"}');
CREATE TABLE photo (
    --- A photo, journaled before the shutter.
    id         TEXT NOT NULL PRIMARY KEY,
    visit      TEXT,
    record     TEXT,
    slot       TEXT,
    -- `camera` or `imported`.
    source     TEXT NOT NULL,
    person     TEXT NOT NULL,
    -- `begun`, `whole` (checked, not yet in the log), `kept`, `incomplete` (never arrived whole).
    state      TEXT NOT NULL,
    begun_at   TEXT NOT NULL,
    -- From `whole` on.
    sha256     TEXT,
    size_bytes INTEGER,
    media_type TEXT,
    taken_at   TEXT
) STRICT;
INSERT INTO "photo" VALUES('01a20ad7-b207-7033-b2f4-1ec0b67d5273','01a20ad7-b0e9-73fb-b61e-869597531aef','01a20ad7-b123-762b-9853-74b5687768db','reading','camera','P1','kept','2026-11-23T06:05:00.000Z','f6e98842fc7216f84fe45d866c8ee6f365b20b76194dac56b40a8bb9509dc573',1057,'image/jpeg','2026-11-23T06:05:00.000Z');
INSERT INTO "photo" VALUES('01a20ad7-b453-7051-88dc-8c5f2849ccc8','01a20ad7-b0e9-73fb-b61e-869597531aef','01a20ad7-b437-7326-be03-299ca375c2bd','site','camera','P1','kept','2026-11-23T06:05:00.000Z','b0824b99e5632b83a712b7b6f8a53753ff36e221e87b4ada62dac6f0664679fa',832,'image/jpeg','2026-11-23T06:05:00.000Z');
CREATE TABLE pin (
    --- How a person of the register opens this tablet.
    person       TEXT    NOT NULL PRIMARY KEY,
    -- Argon2id (PHC); absent until a PIN was set.
    hash         TEXT,
    -- The personal code's hash that set it: a code works once.
    used_code    TEXT,
    -- Wrong tries in a row, and when the last was, on the wall clock and on the boot clock.
    wrong        INTEGER NOT NULL DEFAULT 0,
    wrong_at     TEXT,
    wrong_ms     INTEGER,
    wrong_boot   TEXT
) STRICT;
INSERT INTO "pin" VALUES('P1','$argon2id$v=19$m=19456,t=2,p=1$t/j0C9XL2JEjIvqOmoysOw$872WQJ0/+i5X/HGrGSpEik/QkhcKR4SEQZX0HFtyhD8','$argon2id$v=19$m=19456,t=2,p=1$/JKd05E/H0f8NbTFVnExbw$TUgghSsHpRHYr2RTrejIZk5prd2Sl9A531SmtgJHkHg',0,NULL,NULL,NULL);
CREATE TABLE point (
    --- 监测点位: one stack or outfall (M1, M3).
    id         TEXT NOT NULL PRIMARY KEY,
    discharger TEXT NOT NULL,
    -- `gas` or `water`.
    medium     TEXT NOT NULL,
    name       TEXT NOT NULL,
    number     TEXT NOT NULL,
    row        TEXT NOT NULL
) STRICT;
INSERT INTO "point" VALUES('DA001','D1','gas','1# 烟囱','DA001','{"id":"DA001","discharger":"D1","operator":"OP1","name":"1# 烟囱","number":"DA001","medium":"gas","jurisdiction":"CN","location":"1# 烟囱 30 m","position":{"longitude":"120.0000000","latitude":"30.0000000"},"fence":{"shape":"circle","center":{"longitude":"120.0000000","latitude":"30.0000000"},"radius_m":"100.0"},"system_maker":"甲厂","installer":"乙厂","reference_oxygen_percent":null,"velocity_coefficient":null,"duct_area_m2":null,"pitot_coefficient":null}');
CREATE TABLE record (
    --- 运维记录: draft, then signed, then never changed.
    id           TEXT    NOT NULL PRIMARY KEY,
    visit        TEXT    NOT NULL REFERENCES visit (id),
    point        TEXT    NOT NULL,
    person       TEXT    NOT NULL,
    person_name  TEXT    NOT NULL,
    form         TEXT    NOT NULL,
    form_version INTEGER NOT NULL,
    -- Definition and rulebook as they were when the draft was begun: it is shown and judged with these for ever.
    definition   TEXT    NOT NULL,
    rulebook     TEXT    NOT NULL,
    -- `draft` or `signed`.
    state        TEXT    NOT NULL,
    begun_at     TEXT    NOT NULL,
    signed_at    TEXT,
    -- Of a signed record: the verdicts, and the register's instruments and bottles as they were then.
    verdicts     TEXT,
    instruments  TEXT,
    bottles      TEXT,
    -- What a search looks through, lower case.
    words        TEXT    NOT NULL,
    -- The entry that bears witness to it.
    log          TEXT,
    seq          INTEGER
) STRICT;
INSERT INTO "record" VALUES('01a20ad7-b123-762b-9853-74b5687768db','01a20ad7-b0e9-73fb-b61e-869597531aef','DA001','P1','张三','HJ75-G4',1,'{"code":"HJ75-G4","version":1,"jurisdiction":"CN","valid_from":"2018-03-01","medium":"gas","serves":"point","needs_visit":true,"basis":"source","standard":{"zh":"HJ 75 表 G.4","en":"HJ 75 table G.4"},"title":{"zh":"零点/量程漂移与校准记录表","en":"Zero and span drift and calibration"},"section":[{"id":"header","label":{"zh":"表头","en":"Header"},"repeat":null,"group":[],"field":[{"id":"enterprise","group":null,"label":{"zh":"企业名称","en":"Discharger"},"type":"text","unit":null,"required":true,"prefill":"register:discharger.name","bounds":null,"choice":[],"visible":null,"decimals":null},{"id":"location","group":null,"label":{"zh":"安装地点","en":"Location"},"type":"text","unit":null,"required":true,"prefill":"register:point.location","bounds":null,"choice":[],"visible":null,"decimals":null},{"id":"gas_maker","group":null,"label":{"zh":"气态污染物 CEMS 设备生产商","en":"Gas CEMS maker"},"type":"text","unit":null,"required":false,"prefill":"register:gas.manufacturer","bounds":null,"choice":[],"visible":null,"decimals":null},{"id":"gas_model","group":null,"label":{"zh":"气态污染物 CEMS 设备规格型号","en":"Gas CEMS model"},"type":"text","unit":null,"required":false,"prefill":"register:gas.model","bounds":null,"choice":[],"visible":null,"decimals":null},{"id":"pm_maker","group":null,"label":{"zh":"颗粒物 CEMS 设备生产商","en":"Particulate CEMS maker"},"type":"text","unit":null,"required":false,"prefill":"register:particulate.manufacturer","bounds":null,"choice":[],"visible":null,"decimals":null},{"id":"pm_model","group":null,"label":{"zh":"颗粒物 CEMS 设备规格型号","en":"Particulate CEMS model"},"type":"text","unit":null,"required":false,"prefill":"register:particulate.model","bounds":null,"choice":[],"visible":null,"decimals":null},{"id":"om_unit","group":null,"label":{"zh":"维护管理单位","en":"Operator"},"type":"text","unit":null,"required":true,"prefill":"register:operator.name","bounds":null,"choice":[],"visible":null,"decimals":null},{"id":"cal_date","group":null,"label":{"zh":"校准日期","en":"Date of calibration"},"type":"date","unit":null,"required":true,"prefill":"clock:date","bounds":null,"choice":[],"visible":null,"decimals":null},{"id":"cal_start","group":null,"label":{"zh":"校准开始时间","en":"Start of calibration"},"type":"date_time","unit":null,"required":true,"prefill":"clock:time","bounds":null,"choice":[],"visible":null,"decimals":null}],"judge":[]},{"id":"analyser","label":{"zh":"{name} 分析仪校准","en":"{name} analyser"},"repeat":{"kinds":["gas","particulate","velocity"],"at_least":1},"group":[{"id":"setup","label":{"zh":"仪器","en":"Analyser"},"visible":null},{"id":"zero","label":{"zh":"零点","en":"Zero"},"visible":null},{"id":"span","label":{"zh":"量程","en":"Span"},"visible":{"kinds":[],"not_kinds":["velocity"]}}],"field":[{"id":"principle","group":"setup","label":{"zh":"分析仪原理","en":"Principle"},"type":"text","unit":null,"required":true,"prefill":"register:instrument.principle","bounds":null,"choice":[],"visible":null,"decimals":null},{"id":"unit","group":"setup","label":{"zh":"计量单位","en":"Unit"},"type":"choice","unit":null,"required":true,"prefill":"register:instrument.unit","bounds":null,"choice":[{"value":"μmol/mol","label":{"zh":"μmol/mol","en":"μmol/mol"}},{"value":"mg/m³","label":{"zh":"mg/m³","en":"mg/m³"}},{"value":"%","label":{"zh":"%","en":"%"}},{"value":"m/s","label":{"zh":"m/s","en":"m/s"}}],"visible":null,"decimals":null},{"id":"range.low","group":"setup","label":{"zh":"量程下限","en":"Range from"},"type":"decimal","unit":{"field":"unit"},"required":true,"prefill":"register:instrument.range_low","bounds":null,"choice":[],"visible":null,"decimals":null},{"id":"range.high","group":"setup","label":{"zh":"量程上限","en":"Range to"},"type":"decimal","unit":{"field":"unit"},"required":true,"prefill":"register:instrument.range_high","bounds":{"above":"range.low"},"choice":[],"visible":null,"decimals":null},{"id":"bottle","group":"setup","label":{"zh":"标气瓶号","en":"Gas bottle"},"type":"bottle","unit":null,"required":false,"prefill":"register:bottle.id","bounds":null,"choice":[],"visible":{"kinds":["gas"],"not_kinds":[]},"decimals":null},{"id":"zero.ref","group":"zero","label":{"zh":"零气浓度值","en":"Zero gas"},"type":"decimal","unit":{"field":"unit"},"required":true,"prefill":"value:0","bounds":{"of_range":{"low":"range.low","high":"range.high"}},"choice":[],"visible":null,"decimals":null},{"id":"zero.last_after","group":"zero","label":{"zh":"上次校准后测试值","en":"After last calibration"},"type":"decimal","unit":{"field":"unit"},"required":true,"prefill":"last:zero.after","bounds":{"of_range":{"low":"range.low","high":"range.high"}},"choice":[],"visible":null,"decimals":null},{"id":"zero.before","group":"zero","label":{"zh":"校前测试值","en":"Before"},"type":"decimal","unit":{"field":"unit"},"required":true,"prefill":null,"bounds":{"of_range":{"low":"range.low","high":"range.high"}},"choice":[],"visible":null,"decimals":null},{"id":"zero.drift","group":"zero","label":{"zh":"零点漂移 %F.S.","en":"Zero drift %F.S."},"type":"computed","unit":null,"required":false,"prefill":null,"bounds":null,"choice":[],"visible":null,"decimals":2},{"id":"zero.ok","group":"zero","label":{"zh":"仪器校准是否正常","en":"Calibration normal"},"type":"computed","unit":null,"required":false,"prefill":null,"bounds":null,"choice":[],"visible":null,"decimals":null},{"id":"zero.after","group":"zero","label":{"zh":"校准后测试值","en":"After"},"type":"decimal","unit":{"field":"unit"},"required":true,"prefill":null,"bounds":{"of_range":{"low":"range.low","high":"range.high"}},"choice":[],"visible":null,"decimals":null},{"id":"span.ref","group":"span","label":{"zh":"标气浓度值","en":"Span gas"},"type":"decimal","unit":{"field":"unit"},"required":true,"prefill":"register:bottle.concentration","bounds":{"of_range":{"low":"range.low","high":"range.high"}},"choice":[],"visible":null,"decimals":null},{"id":"span.last_after","group":"span","label":{"zh":"上次校准后测试值","en":"After last calibration"},"type":"decimal","unit":{"field":"unit"},"required":true,"prefill":"last:span.new_gas_after|span.after","bounds":{"of_range":{"low":"range.low","high":"range.high"}},"choice":[],"visible":null,"decimals":null},{"id":"span.before","group":"span","label":{"zh":"校前测试值","en":"Before"},"type":"decimal","unit":{"field":"unit"},"required":true,"prefill":null,"bounds":{"of_range":{"low":"range.low","high":"range.high"}},"choice":[],"visible":null,"decimals":null},{"id":"span.drift","group":"span","label":{"zh":"量程漂移 %F.S.","en":"Span drift %F.S."},"type":"computed","unit":null,"required":false,"prefill":null,"bounds":null,"choice":[],"visible":null,"decimals":2},{"id":"span.ok","group":"span","label":{"zh":"仪器校准是否正常","en":"Calibration normal"},"type":"computed","unit":null,"required":false,"prefill":null,"bounds":null,"choice":[],"visible":null,"decimals":null},{"id":"span.after","group":"span","label":{"zh":"校准后测试值","en":"After"},"type":"decimal","unit":{"field":"unit"},"required":true,"prefill":null,"bounds":{"of_range":{"low":"range.low","high":"range.high"}},"choice":[],"visible":null,"decimals":null},{"id":"span.new_gas_after","group":"span","label":{"zh":"换标气后的测试值","en":"Reading with the new gas"},"type":"decimal","unit":{"field":"unit"},"required":false,"prefill":null,"bounds":{"of_range":{"low":"range.low","high":"range.high"}},"choice":[],"visible":null,"decimals":null}],"judge":[{"function":"drift","group":"zero","last":"zero.last_after","before":"zero.before","low":"range.low","high":"range.high","figure":"zero.drift","normal":"zero.ok"},{"function":"drift","group":"span","last":"span.last_after","before":"span.before","low":"range.low","high":"range.high","figure":"span.drift","normal":"span.ok"}]},{"id":"footer","label":{"zh":"结束","en":"End"},"repeat":null,"group":[],"field":[{"id":"cal_end","group":null,"label":{"zh":"校准结束时间","en":"End of calibration"},"type":"date_time","unit":null,"required":true,"prefill":null,"bounds":{"not_before":"header/cal_start"},"choice":[],"visible":null,"decimals":null},{"id":"person","group":null,"label":{"zh":"校准人","en":"Calibrated by"},"type":"text","unit":null,"required":true,"prefill":"register:person.name","bounds":null,"choice":[],"visible":null,"decimals":null},{"id":"remark","group":null,"label":{"zh":"备注","en":"Remarks"},"type":"long_text","unit":null,"required":false,"prefill":null,"bounds":null,"choice":[],"visible":null,"decimals":null}],"judge":[]}],"photo":[{"id":"reading","label":{"zh":"分析仪读数","en":"Analyser reading"},"required":true},{"id":"bottle","label":{"zh":"标气瓶标签","en":"Gas bottle label"},"required":false},{"id":"site","label":{"zh":"现场","en":"On site"},"required":false}]}','{"id":"CN","version":1,"jurisdiction":"CN","valid_from":"2018-03-01","drift":[{"id":"hj75.drift.gas.zero","kinds":["gas"],"quantity":"zero","percent":{"pass":{"value":"2.5","basis":"mixed"},"out_of_control":{"value":"5.0","basis":"memory"}},"absolute":null,"clause":{"zh":"HJ 75-2017 第 11.6 条 表 4","en":"HJ 75-2017 clause 11.6, table 4"},"checked":false},{"id":"hj75.drift.gas.span","kinds":["gas"],"quantity":"span","percent":{"pass":{"value":"2.5","basis":"mixed"},"out_of_control":{"value":"10.0","basis":"memory"}},"absolute":null,"clause":{"zh":"HJ 75-2017 第 11.6 条 表 4","en":"HJ 75-2017 clause 11.6, table 4"},"checked":false},{"id":"hj75.drift.particulate.zero","kinds":["particulate"],"quantity":"zero","percent":{"pass":{"value":"2.0","basis":"mixed"},"out_of_control":{"value":"8.0","basis":"memory"}},"absolute":null,"clause":{"zh":"HJ 75-2017 第 11.6 条 表 4","en":"HJ 75-2017 clause 11.6, table 4"},"checked":false},{"id":"hj75.drift.particulate.span","kinds":["particulate"],"quantity":"span","percent":{"pass":{"value":"2.0","basis":"mixed"},"out_of_control":{"value":"8.0","basis":"memory"}},"absolute":null,"clause":{"zh":"HJ 75-2017 第 11.6 条 表 4","en":"HJ 75-2017 clause 11.6, table 4"},"checked":false},{"id":"hj75.drift.velocity.zero","kinds":["velocity"],"quantity":"zero","percent":{"pass":{"value":"3.0","basis":"mixed"},"out_of_control":{"value":"8.0","basis":"memory"}},"absolute":{"pass":{"value":"0.9","basis":"memory"},"out_of_control":{"value":"1.8","basis":"memory"}},"clause":{"zh":"HJ 75-2017 第 11.6 条 表 4","en":"HJ 75-2017 clause 11.6, table 4"},"checked":false}],"period":[{"id":"hj75.calibration.gas.extractive","kinds":["gas"],"sampling":["extractive","dilution"],"form":"HJ75-G4","days":7,"clause":{"zh":"HJ 75-2017 第 11.2 条","en":"HJ 75-2017 clause 11.2"},"basis":"memory","checked":false},{"id":"hj75.calibration.gas.direct","kinds":["gas"],"sampling":["direct"],"form":"HJ75-G4","days":15,"clause":{"zh":"HJ 75-2017 第 11.2 条","en":"HJ 75-2017 clause 11.2"},"basis":"memory","checked":false},{"id":"hj75.calibration.particulate","kinds":["particulate"],"sampling":[],"form":"HJ75-G4","days":15,"clause":{"zh":"HJ 75-2017 第 11.2 条","en":"HJ 75-2017 clause 11.2"},"basis":"memory","checked":false},{"id":"hj75.calibration.velocity","kinds":["velocity"],"sampling":[],"form":"HJ75-G4","days":30,"clause":{"zh":"HJ 75-2017 第 11.2 条","en":"HJ 75-2017 clause 11.2"},"basis":"memory","checked":false}]}','signed','2026-11-23T06:05:00.000Z','2026-11-23T06:05:00.000Z','[{"section":"analyser","row":"I-SO2","group":"zero","quantity":"zero","outcome":"pass","figures":[{"value":"0.5","shown":"+0.50","unit":"%F.S.","pass":"2.5","out_of_control":"5.0"}],"rule":{"rulebook":"CN","version":1,"id":"hj75.drift.gas.zero","clause":{"zh":"HJ 75-2017 第 11.6 条 表 4","en":"HJ 75-2017 clause 11.6, table 4"},"to_be_checked":false},"baseline":null},{"section":"analyser","row":"I-SO2","group":"span","quantity":"span","outcome":"pass","figures":[{"value":"1","shown":"+1.00","unit":"%F.S.","pass":"2.5","out_of_control":"10.0"}],"rule":{"rulebook":"CN","version":1,"id":"hj75.drift.gas.span","clause":{"zh":"HJ 75-2017 第 11.6 条 表 4","en":"HJ 75-2017 clause 11.6, table 4"},"to_be_checked":false},"baseline":null}]','[{"id":"I-SO2","point":"DA001","kind":"gas","factor":"SO2","sampling":"extractive","auto_calibration":false,"brand":"甲","model":"M1","manufacturer":"甲厂","serial_no":"1","principle":"非分散红外","unit":"mg/m³","range_low":"0","range_high":"200","detection_limit":null,"imported":false,"construction_state":"已验收","licence_no":null,"test_report_no":null,"operator_before":null,"sampler":null}]','[{"id":"B1","point":"DA001","substance":"SO2","concentration":"160","unit":"mg/m³","uncertainty_percent":"1","supplier":"气体厂","valid_until":"2027-06-30","pressure_mpa":"9.5"},{"id":"B2","point":"DA001","substance":"SO2","concentration":"150.5","unit":"mg/m³","uncertainty_percent":"1","supplier":"气体厂","valid_until":"2027-06-30","pressure_mpa":"9.5"}]','1# 烟囱
演示热电厂
hj75-g4
零点/量程漂移与校准记录表
zero and span drift and calibration
hj 75 表 g.4
hj 75 table g.4','01a20ad7-afca-75af-9648-34c209e191cf',4);
INSERT INTO "record" VALUES('01a20ad7-b437-7326-be03-299ca375c2bd','01a20ad7-b0e9-73fb-b61e-869597531aef','DA001','P1','张三','HJ75-G4',1,'{"code":"HJ75-G4","version":1,"jurisdiction":"CN","valid_from":"2018-03-01","medium":"gas","serves":"point","needs_visit":true,"basis":"source","standard":{"zh":"HJ 75 表 G.4","en":"HJ 75 table G.4"},"title":{"zh":"零点/量程漂移与校准记录表","en":"Zero and span drift and calibration"},"section":[{"id":"header","label":{"zh":"表头","en":"Header"},"repeat":null,"group":[],"field":[{"id":"enterprise","group":null,"label":{"zh":"企业名称","en":"Discharger"},"type":"text","unit":null,"required":true,"prefill":"register:discharger.name","bounds":null,"choice":[],"visible":null,"decimals":null},{"id":"location","group":null,"label":{"zh":"安装地点","en":"Location"},"type":"text","unit":null,"required":true,"prefill":"register:point.location","bounds":null,"choice":[],"visible":null,"decimals":null},{"id":"gas_maker","group":null,"label":{"zh":"气态污染物 CEMS 设备生产商","en":"Gas CEMS maker"},"type":"text","unit":null,"required":false,"prefill":"register:gas.manufacturer","bounds":null,"choice":[],"visible":null,"decimals":null},{"id":"gas_model","group":null,"label":{"zh":"气态污染物 CEMS 设备规格型号","en":"Gas CEMS model"},"type":"text","unit":null,"required":false,"prefill":"register:gas.model","bounds":null,"choice":[],"visible":null,"decimals":null},{"id":"pm_maker","group":null,"label":{"zh":"颗粒物 CEMS 设备生产商","en":"Particulate CEMS maker"},"type":"text","unit":null,"required":false,"prefill":"register:particulate.manufacturer","bounds":null,"choice":[],"visible":null,"decimals":null},{"id":"pm_model","group":null,"label":{"zh":"颗粒物 CEMS 设备规格型号","en":"Particulate CEMS model"},"type":"text","unit":null,"required":false,"prefill":"register:particulate.model","bounds":null,"choice":[],"visible":null,"decimals":null},{"id":"om_unit","group":null,"label":{"zh":"维护管理单位","en":"Operator"},"type":"text","unit":null,"required":true,"prefill":"register:operator.name","bounds":null,"choice":[],"visible":null,"decimals":null},{"id":"cal_date","group":null,"label":{"zh":"校准日期","en":"Date of calibration"},"type":"date","unit":null,"required":true,"prefill":"clock:date","bounds":null,"choice":[],"visible":null,"decimals":null},{"id":"cal_start","group":null,"label":{"zh":"校准开始时间","en":"Start of calibration"},"type":"date_time","unit":null,"required":true,"prefill":"clock:time","bounds":null,"choice":[],"visible":null,"decimals":null}],"judge":[]},{"id":"analyser","label":{"zh":"{name} 分析仪校准","en":"{name} analyser"},"repeat":{"kinds":["gas","particulate","velocity"],"at_least":1},"group":[{"id":"setup","label":{"zh":"仪器","en":"Analyser"},"visible":null},{"id":"zero","label":{"zh":"零点","en":"Zero"},"visible":null},{"id":"span","label":{"zh":"量程","en":"Span"},"visible":{"kinds":[],"not_kinds":["velocity"]}}],"field":[{"id":"principle","group":"setup","label":{"zh":"分析仪原理","en":"Principle"},"type":"text","unit":null,"required":true,"prefill":"register:instrument.principle","bounds":null,"choice":[],"visible":null,"decimals":null},{"id":"unit","group":"setup","label":{"zh":"计量单位","en":"Unit"},"type":"choice","unit":null,"required":true,"prefill":"register:instrument.unit","bounds":null,"choice":[{"value":"μmol/mol","label":{"zh":"μmol/mol","en":"μmol/mol"}},{"value":"mg/m³","label":{"zh":"mg/m³","en":"mg/m³"}},{"value":"%","label":{"zh":"%","en":"%"}},{"value":"m/s","label":{"zh":"m/s","en":"m/s"}}],"visible":null,"decimals":null},{"id":"range.low","group":"setup","label":{"zh":"量程下限","en":"Range from"},"type":"decimal","unit":{"field":"unit"},"required":true,"prefill":"register:instrument.range_low","bounds":null,"choice":[],"visible":null,"decimals":null},{"id":"range.high","group":"setup","label":{"zh":"量程上限","en":"Range to"},"type":"decimal","unit":{"field":"unit"},"required":true,"prefill":"register:instrument.range_high","bounds":{"above":"range.low"},"choice":[],"visible":null,"decimals":null},{"id":"bottle","group":"setup","label":{"zh":"标气瓶号","en":"Gas bottle"},"type":"bottle","unit":null,"required":false,"prefill":"register:bottle.id","bounds":null,"choice":[],"visible":{"kinds":["gas"],"not_kinds":[]},"decimals":null},{"id":"zero.ref","group":"zero","label":{"zh":"零气浓度值","en":"Zero gas"},"type":"decimal","unit":{"field":"unit"},"required":true,"prefill":"value:0","bounds":{"of_range":{"low":"range.low","high":"range.high"}},"choice":[],"visible":null,"decimals":null},{"id":"zero.last_after","group":"zero","label":{"zh":"上次校准后测试值","en":"After last calibration"},"type":"decimal","unit":{"field":"unit"},"required":true,"prefill":"last:zero.after","bounds":{"of_range":{"low":"range.low","high":"range.high"}},"choice":[],"visible":null,"decimals":null},{"id":"zero.before","group":"zero","label":{"zh":"校前测试值","en":"Before"},"type":"decimal","unit":{"field":"unit"},"required":true,"prefill":null,"bounds":{"of_range":{"low":"range.low","high":"range.high"}},"choice":[],"visible":null,"decimals":null},{"id":"zero.drift","group":"zero","label":{"zh":"零点漂移 %F.S.","en":"Zero drift %F.S."},"type":"computed","unit":null,"required":false,"prefill":null,"bounds":null,"choice":[],"visible":null,"decimals":2},{"id":"zero.ok","group":"zero","label":{"zh":"仪器校准是否正常","en":"Calibration normal"},"type":"computed","unit":null,"required":false,"prefill":null,"bounds":null,"choice":[],"visible":null,"decimals":null},{"id":"zero.after","group":"zero","label":{"zh":"校准后测试值","en":"After"},"type":"decimal","unit":{"field":"unit"},"required":true,"prefill":null,"bounds":{"of_range":{"low":"range.low","high":"range.high"}},"choice":[],"visible":null,"decimals":null},{"id":"span.ref","group":"span","label":{"zh":"标气浓度值","en":"Span gas"},"type":"decimal","unit":{"field":"unit"},"required":true,"prefill":"register:bottle.concentration","bounds":{"of_range":{"low":"range.low","high":"range.high"}},"choice":[],"visible":null,"decimals":null},{"id":"span.last_after","group":"span","label":{"zh":"上次校准后测试值","en":"After last calibration"},"type":"decimal","unit":{"field":"unit"},"required":true,"prefill":"last:span.new_gas_after|span.after","bounds":{"of_range":{"low":"range.low","high":"range.high"}},"choice":[],"visible":null,"decimals":null},{"id":"span.before","group":"span","label":{"zh":"校前测试值","en":"Before"},"type":"decimal","unit":{"field":"unit"},"required":true,"prefill":null,"bounds":{"of_range":{"low":"range.low","high":"range.high"}},"choice":[],"visible":null,"decimals":null},{"id":"span.drift","group":"span","label":{"zh":"量程漂移 %F.S.","en":"Span drift %F.S."},"type":"computed","unit":null,"required":false,"prefill":null,"bounds":null,"choice":[],"visible":null,"decimals":2},{"id":"span.ok","group":"span","label":{"zh":"仪器校准是否正常","en":"Calibration normal"},"type":"computed","unit":null,"required":false,"prefill":null,"bounds":null,"choice":[],"visible":null,"decimals":null},{"id":"span.after","group":"span","label":{"zh":"校准后测试值","en":"After"},"type":"decimal","unit":{"field":"unit"},"required":true,"prefill":null,"bounds":{"of_range":{"low":"range.low","high":"range.high"}},"choice":[],"visible":null,"decimals":null},{"id":"span.new_gas_after","group":"span","label":{"zh":"换标气后的测试值","en":"Reading with the new gas"},"type":"decimal","unit":{"field":"unit"},"required":false,"prefill":null,"bounds":{"of_range":{"low":"range.low","high":"range.high"}},"choice":[],"visible":null,"decimals":null}],"judge":[{"function":"drift","group":"zero","last":"zero.last_after","before":"zero.before","low":"range.low","high":"range.high","figure":"zero.drift","normal":"zero.ok"},{"function":"drift","group":"span","last":"span.last_after","before":"span.before","low":"range.low","high":"range.high","figure":"span.drift","normal":"span.ok"}]},{"id":"footer","label":{"zh":"结束","en":"End"},"repeat":null,"group":[],"field":[{"id":"cal_end","group":null,"label":{"zh":"校准结束时间","en":"End of calibration"},"type":"date_time","unit":null,"required":true,"prefill":null,"bounds":{"not_before":"header/cal_start"},"choice":[],"visible":null,"decimals":null},{"id":"person","group":null,"label":{"zh":"校准人","en":"Calibrated by"},"type":"text","unit":null,"required":true,"prefill":"register:person.name","bounds":null,"choice":[],"visible":null,"decimals":null},{"id":"remark","group":null,"label":{"zh":"备注","en":"Remarks"},"type":"long_text","unit":null,"required":false,"prefill":null,"bounds":null,"choice":[],"visible":null,"decimals":null}],"judge":[]}],"photo":[{"id":"reading","label":{"zh":"分析仪读数","en":"Analyser reading"},"required":true},{"id":"bottle","label":{"zh":"标气瓶标签","en":"Gas bottle label"},"required":false},{"id":"site","label":{"zh":"现场","en":"On site"},"required":false}]}','{"id":"CN","version":1,"jurisdiction":"CN","valid_from":"2018-03-01","drift":[{"id":"hj75.drift.gas.zero","kinds":["gas"],"quantity":"zero","percent":{"pass":{"value":"2.5","basis":"mixed"},"out_of_control":{"value":"5.0","basis":"memory"}},"absolute":null,"clause":{"zh":"HJ 75-2017 第 11.6 条 表 4","en":"HJ 75-2017 clause 11.6, table 4"},"checked":false},{"id":"hj75.drift.gas.span","kinds":["gas"],"quantity":"span","percent":{"pass":{"value":"2.5","basis":"mixed"},"out_of_control":{"value":"10.0","basis":"memory"}},"absolute":null,"clause":{"zh":"HJ 75-2017 第 11.6 条 表 4","en":"HJ 75-2017 clause 11.6, table 4"},"checked":false},{"id":"hj75.drift.particulate.zero","kinds":["particulate"],"quantity":"zero","percent":{"pass":{"value":"2.0","basis":"mixed"},"out_of_control":{"value":"8.0","basis":"memory"}},"absolute":null,"clause":{"zh":"HJ 75-2017 第 11.6 条 表 4","en":"HJ 75-2017 clause 11.6, table 4"},"checked":false},{"id":"hj75.drift.particulate.span","kinds":["particulate"],"quantity":"span","percent":{"pass":{"value":"2.0","basis":"mixed"},"out_of_control":{"value":"8.0","basis":"memory"}},"absolute":null,"clause":{"zh":"HJ 75-2017 第 11.6 条 表 4","en":"HJ 75-2017 clause 11.6, table 4"},"checked":false},{"id":"hj75.drift.velocity.zero","kinds":["velocity"],"quantity":"zero","percent":{"pass":{"value":"3.0","basis":"mixed"},"out_of_control":{"value":"8.0","basis":"memory"}},"absolute":{"pass":{"value":"0.9","basis":"memory"},"out_of_control":{"value":"1.8","basis":"memory"}},"clause":{"zh":"HJ 75-2017 第 11.6 条 表 4","en":"HJ 75-2017 clause 11.6, table 4"},"checked":false}],"period":[{"id":"hj75.calibration.gas.extractive","kinds":["gas"],"sampling":["extractive","dilution"],"form":"HJ75-G4","days":7,"clause":{"zh":"HJ 75-2017 第 11.2 条","en":"HJ 75-2017 clause 11.2"},"basis":"memory","checked":false},{"id":"hj75.calibration.gas.direct","kinds":["gas"],"sampling":["direct"],"form":"HJ75-G4","days":15,"clause":{"zh":"HJ 75-2017 第 11.2 条","en":"HJ 75-2017 clause 11.2"},"basis":"memory","checked":false},{"id":"hj75.calibration.particulate","kinds":["particulate"],"sampling":[],"form":"HJ75-G4","days":15,"clause":{"zh":"HJ 75-2017 第 11.2 条","en":"HJ 75-2017 clause 11.2"},"basis":"memory","checked":false},{"id":"hj75.calibration.velocity","kinds":["velocity"],"sampling":[],"form":"HJ75-G4","days":30,"clause":{"zh":"HJ 75-2017 第 11.2 条","en":"HJ 75-2017 clause 11.2"},"basis":"memory","checked":false}]}','draft','2026-11-23T06:05:00.000Z',NULL,NULL,NULL,NULL,'1# 烟囱
演示热电厂
hj75-g4
零点/量程漂移与校准记录表
zero and span drift and calibration
hj 75 表 g.4
hj 75 table g.4',NULL,NULL);
CREATE TABLE record_elsewhere (
    --- A signed record of the operator's points, made on another tablet.
    record    TEXT    NOT NULL PRIMARY KEY,
    point     TEXT    NOT NULL,
    form      TEXT    NOT NULL,
    signed_at TEXT    NOT NULL,
    words     TEXT    NOT NULL,
    -- The record as it came.
    row       TEXT    NOT NULL
) STRICT;
CREATE TABLE refinery_schema_history(
             version int4 PRIMARY KEY,
             name VARCHAR(255),
             applied_on VARCHAR(255),
             checksum VARCHAR(255));
INSERT INTO "refinery_schema_history" VALUES(1,'begin','2026-11-23T23:57:17.018648845Z','4647637667325483021');
CREATE TABLE setting (
    --- Single values of this tablet, each as JSON: enrolment, screen settings, sync cursor, last contact.
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
INSERT INTO "setting" VALUES('clean_end','false');
INSERT INTO "setting" VALUES('cursor','8');
INSERT INTO "setting" VALUES('enrolment','{"device":"01a20ad7-af82-73ef-bfe8-738b638a0cbb","operator":"OP1","server":"http://127.0.0.1:32931","server_key":"027135fa4fd93a09dce98bbf681b4bfcf50e7c0d6354e62afb0bff2a3429617865","certificate":{"text":"{\"device\":\"01a20ad7-af82-73ef-bfe8-738b638a0cbb\",\"operator\":\"OP1\",\"public_key\":\"03f551aa80d82bc57fe81a1f47d7ebe3f68e7806e55f339a91a64521edf4b1a82b\",\"statement\":\"certificate\",\"valid_from\":\"2026-11-23T06:05:00Z\",\"valid_until\":\"2027-11-23T06:05:00Z\"}","key_id":"a133177efe617425","signature":"d08f76a1afa851de924609049e9950b0bda0f63dded9aceecbd0ef3e01f3068600abc1bc832d28339d4ba270cbe8aaaa36e5ed30e4f51b3702ac5da1727294aa"},"valid_until":"2027-11-23T06:05:00Z"}');
INSERT INTO "setting" VALUES('contact','{"at":"2026-11-23T06:05:00Z","clocks":{"wall":"2026-11-23T14:05:00+08:00","boot_ms":1000000,"boot_id":"boot"}}');
CREATE TABLE traffic (
    --- Bytes of entries and files that went out on a day of Asia/Shanghai.
    day        TEXT    NOT NULL PRIMARY KEY,
    sent_bytes INTEGER NOT NULL
) STRICT;
INSERT INTO "traffic" VALUES('2026-11-23',6725);
CREATE TABLE visit (
    --- 运维活动: one technician at one point, from sign-in to sign-out.
    id              TEXT NOT NULL PRIMARY KEY,
    person          TEXT NOT NULL,
    point           TEXT NOT NULL,
    -- The point as it stood at sign-in, and its discharger's name: the register may change under a visit.
    point_row       TEXT NOT NULL,
    discharger_name TEXT NOT NULL,
    -- `open` or `closed`.
    state           TEXT NOT NULL,
    -- UTC, by the best clock.
    signed_in_at    TEXT NOT NULL,
    signed_out_at   TEXT,
    -- The verdict over the fixes of the sign-in.
    presence        TEXT NOT NULL,
    -- The entry that bears witness to the sign-in.
    log             TEXT NOT NULL,
    seq             INTEGER NOT NULL
) STRICT;
INSERT INTO "visit" VALUES('01a20ad7-b0e9-73fb-b61e-869597531aef','P1','DA001','{"id":"DA001","discharger":"D1","operator":"OP1","name":"1# 烟囱","number":"DA001","medium":"gas","jurisdiction":"CN","location":"1# 烟囱 30 m","position":{"longitude":"120.0000000","latitude":"30.0000000"},"fence":{"shape":"circle","center":{"longitude":"120.0000000","latitude":"30.0000000"},"radius_m":"100.0"},"system_maker":"甲厂","installer":"乙厂","reference_oxygen_percent":null,"velocity_coefficient":null,"duct_area_m2":null,"pitot_coefficient":null}','演示热电厂','open','2026-11-23T06:05:00.000Z',NULL,'{"presence":"inside","fix":{"longitude":"120.0000000","latitude":"30.0000000","accuracy_m":"5.0","provider":"gps","mocked":false,"boot_ms":1000000,"satellites":9},"distance_m":"100.0"}','01a20ad7-afca-75af-9648-34c209e191cf',2);
CREATE INDEX instrument_point ON instrument (point);
CREATE INDEX bottle_point ON bottle (point);
CREATE UNIQUE INDEX visit_open ON visit (person) WHERE state = 'open';
CREATE INDEX record_visit ON record (visit);
CREATE INDEX record_point ON record (point);
CREATE INDEX photo_visit ON photo (visit);
CREATE INDEX photo_record ON photo (record);
CREATE INDEX record_elsewhere_point ON record_elsewhere (point);
CREATE TRIGGER entry_stays BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'an entry never changes'); END;
CREATE TRIGGER entry_is_kept BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'an entry is never deleted'); END;
CREATE TRIGGER signed_record_stays BEFORE UPDATE ON record WHEN OLD.state = 'signed'
BEGIN SELECT RAISE(ABORT, 'a signed record never changes'); END;
CREATE TRIGGER signed_answer_stays BEFORE UPDATE ON answer
WHEN (SELECT state FROM record WHERE id = OLD.record) = 'signed'
BEGIN SELECT RAISE(ABORT, 'a signed record never changes'); END;
COMMIT;
