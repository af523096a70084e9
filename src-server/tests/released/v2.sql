BEGIN TRANSACTION;
CREATE TABLE account (
    -- People who log in to the portal.
    login         TEXT    NOT NULL PRIMARY KEY,
    -- operator_admin, supervisor, discharger, patrol_inspector or regulator.
    role          TEXT    NOT NULL,
    -- Operator, discharger or jurisdiction, by the role.
    organisation  TEXT    NOT NULL,
    -- Argon2id (PHC).
    password_hash TEXT    NOT NULL,
    created_ms    INTEGER NOT NULL
) STRICT;
INSERT INTO "account" VALUES('demo-admin','operator_admin','demo-operator','$argon2id$v=19$m=19456,t=2,p=1$NJywrGHcMEJ7gVnF2nxiQw$Mr3wnWbB4uf8rW6UWY4NDfuXTnmruBj7za40/UZxIA8',1795413600000);
CREATE TABLE bottle (
    -- 标气瓶.
    id    TEXT NOT NULL PRIMARY KEY,
    row   TEXT NOT NULL CHECK (json_valid(row)),
    point TEXT NOT NULL GENERATED ALWAYS AS (row ->> '$.point') STORED
) STRICT;
INSERT INTO "bottle" VALUES('YB-1187','{"id":"YB-1187","point":"demo-stack-1","substance":"SO2","concentration":"399.2","unit":"μmol/mol","uncertainty_percent":"2","supplier":"演示标准气体有限公司","valid_until":"2027-03-02","pressure_mpa":"9.5"}');
INSERT INTO "bottle" VALUES('YB-2031','{"id":"YB-2031","point":"demo-stack-1","substance":"NOX","concentration":"401.5","unit":"μmol/mol","uncertainty_percent":"2","supplier":"演示标准气体有限公司","valid_until":"2027-05-18","pressure_mpa":"8.7"}');
INSERT INTO "bottle" VALUES('YB-3107','{"id":"YB-3107","point":"demo-stack-1","substance":"O2","concentration":"20.9","unit":"%","uncertainty_percent":"1","supplier":"演示标准气体有限公司","valid_until":"2027-08-09","pressure_mpa":"10.2"}');
INSERT INTO "bottle" VALUES('YB-0001','{"id":"YB-0001","point":"demo-stack-1","substance":"ZERO","concentration":"0","unit":"μmol/mol","uncertainty_percent":"0","supplier":"演示标准气体有限公司","valid_until":"2027-11-30","pressure_mpa":"11.0"}');
INSERT INTO "bottle" VALUES('YB-1188','{"id":"YB-1188","point":"demo-stack-2","substance":"SO2","concentration":"201.3","unit":"μmol/mol","uncertainty_percent":"2","supplier":"演示标准气体有限公司","valid_until":"2027-04-11","pressure_mpa":"7.9"}');
INSERT INTO "bottle" VALUES('YB-2032','{"id":"YB-2032","point":"demo-stack-2","substance":"NOX","concentration":"199.6","unit":"μmol/mol","uncertainty_percent":"2","supplier":"演示标准气体有限公司","valid_until":"2027-05-18","pressure_mpa":"8.1"}');
INSERT INTO "bottle" VALUES('YB-0002','{"id":"YB-0002","point":"demo-stack-2","substance":"ZERO","concentration":"0","unit":"μmol/mol","uncertainty_percent":"0","supplier":"演示标准气体有限公司","valid_until":"2027-11-30","pressure_mpa":"10.8"}');
CREATE TABLE change (
    -- What each operator's tablets are to see, by the order in which it changed: design.md §6. One row for each thing
    -- that an operator sees, moved to the end when the thing changes.
    seq      INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    operator TEXT    NOT NULL,
    -- operator, discharger, person, point, instrument, bottle or record.
    kind     TEXT    NOT NULL,
    -- The register's id, or the record's.
    id       TEXT    NOT NULL,
    -- SHA-256 of the row that was announced; empty once the row is gone.
    hash     TEXT    NOT NULL,
    UNIQUE (operator, kind, id)
) STRICT;
INSERT INTO "change" VALUES(1,'demo-operator','operator','demo-operator','e8c39713bd04cf57e39e133f77dc9288987b38596911c315af9f29cc10270b24');
INSERT INTO "change" VALUES(2,'demo-operator','discharger','demo-power','931c6b6776c4b5d12aa439e4b8d97689427f082175cbb5cbfbfd2b2593ea6745');
INSERT INTO "change" VALUES(3,'demo-operator','discharger','demo-sewage','80eba298edffd1ab1f78f8527e9ed3ea8467ccb45d2be721e901dc936da1a55c');
INSERT INTO "change" VALUES(5,'demo-operator','person','demo-tech-b','865f17f769beac71fdb15d774c95c6b888ca05bc25b60c25078bd9709b08f5db');
INSERT INTO "change" VALUES(6,'demo-operator','person','demo-tech-c','778e549ebffe3102c4f18613363264100d4fc5b4bf2dd1be80f09fe75315870d');
INSERT INTO "change" VALUES(7,'demo-operator','point','demo-stack-1','4a1985786d104fe6b969350cd11c2566e06e28600e63033d4ebe30eee5f901fa');
INSERT INTO "change" VALUES(8,'demo-operator','point','demo-stack-2','afda44da631933abaac64138cb626f7f7aa8dfca2ca48b5db87f5c3f5cbd1b6c');
INSERT INTO "change" VALUES(9,'demo-operator','point','demo-outfall','ea125f27ec73826b642de0ffd02acbc8323dab8d9b52580c199eb18fa289d793');
INSERT INTO "change" VALUES(10,'demo-operator','instrument','DW001-COD','25b5448d307114984f9edca64185ac82c68f5fc1340cc4b047a2dd32900da571');
INSERT INTO "change" VALUES(11,'demo-operator','instrument','DW001-NH3-N','0edc5c3050456e25a9cc588479e58a9f3dcb5442ae0f230ad01ae318860b6538');
INSERT INTO "change" VALUES(12,'demo-operator','instrument','DW001-TP','4500d0093cab50bda668e34c4cb099e714a38069358a005f558429a1a031fc74');
INSERT INTO "change" VALUES(13,'demo-operator','instrument','DW001-TN','d28a701056ef8bf1b699938b54511a55a8c8c2cff99026febc56ad8dec4f01cd');
INSERT INTO "change" VALUES(14,'demo-operator','instrument','DW001-pH','d8da08ce63d86463d44d3b7d19f8580c96dd3bf78ec212263a30523d443b8105');
INSERT INTO "change" VALUES(15,'demo-operator','instrument','DW001-FLOW','0dfa82aa6db1a57893f067251733455392ae8464a2aa690a663f4046f21e4446');
INSERT INTO "change" VALUES(16,'demo-operator','instrument','DW001-SAMPLER','b89c0a6a102a7dc76786d7f7eb88020d2c66acab2beb30f8133ac2ee102e9535');
INSERT INTO "change" VALUES(17,'demo-operator','instrument','DW001-LOGGER','9161f82e885690b1cad375f25926280d99599afd050010c78a0070921475535d');
INSERT INTO "change" VALUES(18,'demo-operator','instrument','DA001-SO2','cbdd6d812ea0f9dad0f667c68324ddcdfa8b4ab1dab77ef19fca8e0f3ea1c4e9');
INSERT INTO "change" VALUES(19,'demo-operator','instrument','DA001-NOX','3a0eb9cfe13df6d2303f02251446ece3b0dd3016ca1bac6bf6fc106ea85c2b58');
INSERT INTO "change" VALUES(20,'demo-operator','instrument','DA001-O2','81205ba26dfb204bf04f85562fcd91f813736c818ddc2ffd66f3695eb1e85b3a');
INSERT INTO "change" VALUES(21,'demo-operator','instrument','DA001-PM','1131ac39f6ab5b143a5b2021e734e8efc210f4b3aa78deb5f8798535b2a1fcc1');
INSERT INTO "change" VALUES(22,'demo-operator','instrument','DA001-VELOCITY','d3f19326fd74606793deb3ec1854cd2d3eee2c7d7a0ccfe8141973191f5efd9d');
INSERT INTO "change" VALUES(23,'demo-operator','instrument','DA001-TEMPERATURE','37c5cb5e49b99af97d9ae497712fd63f3f88a6ea222cace0233bc91c6583f2b2');
INSERT INTO "change" VALUES(24,'demo-operator','instrument','DA001-HUMIDITY','b8fe5f51168f52d687c6c5c71b51f5433083f9f70c788d2af02dcac9c5a63040');
INSERT INTO "change" VALUES(25,'demo-operator','instrument','DA001-LOGGER','fa513dbe101ab20194a9137b7af67333c7db8a00a0d5df1db416f1ff61c7ab45');
INSERT INTO "change" VALUES(26,'demo-operator','instrument','DA002-SO2','6910c958d8315453b9d9207c0128c9529727b79d9bd3370ae669b2e22ea9448e');
INSERT INTO "change" VALUES(27,'demo-operator','instrument','DA002-NOX','f65ef45d023ff037336bdedb122c7456fdd23fd1c2c3a84928bc5122642618cf');
INSERT INTO "change" VALUES(28,'demo-operator','instrument','DA002-O2','37a6b1a518379908c9000325780015a80a4c61345a0f3d899d5264629d605019');
INSERT INTO "change" VALUES(29,'demo-operator','instrument','DA002-PM','5b37352d16878a9afd1674c1274b47284c887cfcffd3d5d2dfd768e693ecccf1');
INSERT INTO "change" VALUES(30,'demo-operator','instrument','DA002-VELOCITY','e387d704e3e644d4840cab01980c850f68f7445aad431bb1ab35a369e5b936fd');
INSERT INTO "change" VALUES(31,'demo-operator','instrument','DA002-TEMPERATURE','574b9262dbe738d9485e015bb752c6ae17a47ee82b240b3c94cb185e9654e554');
INSERT INTO "change" VALUES(32,'demo-operator','instrument','DA002-HUMIDITY','c5e7a7294317031f58718672702d92dce5401b36bca3feb1d93265301ece7eb2');
INSERT INTO "change" VALUES(33,'demo-operator','instrument','DA002-LOGGER','bc11bde79607c9ce52df7892352df519ba39343ea73cc3a0a5b18f57a8d95c97');
INSERT INTO "change" VALUES(34,'demo-operator','bottle','YB-1187','f2add8b97dc3cac1ab434958a2ef75550afc71272564108def20126429267dd2');
INSERT INTO "change" VALUES(35,'demo-operator','bottle','YB-2031','0fd5335a2ae0b0b649f347ae1c523eda23b88ec8373311390899115df9b981ad');
INSERT INTO "change" VALUES(36,'demo-operator','bottle','YB-3107','d5a4df2dd2348b78ac35147ea058e252e2f4ba6c145936b064671a990ff423fd');
INSERT INTO "change" VALUES(37,'demo-operator','bottle','YB-0001','eafb0a59c9ff877221eeed4e9f18638b0e4be084b14297d9883314e99ff0f14f');
INSERT INTO "change" VALUES(38,'demo-operator','bottle','YB-1188','7626621d31ecf7e6eb70efbfe5a58969b78cc3fce8ac431f1d4d82c28d805a3f');
INSERT INTO "change" VALUES(39,'demo-operator','bottle','YB-2032','77637a4272de8486fd54b82e3d238d3115c323d1c7eff24e94fef863058a808d');
INSERT INTO "change" VALUES(40,'demo-operator','bottle','YB-0002','7e21bda2458319c81a73bb221088cbcc1ebcef43ae703a0caa33dc77565c88d6');
INSERT INTO "change" VALUES(41,'demo-operator','definition','form/HJ355-B/101','e9508b646054ebe5225d1b2cab0bcbd8cf2d5877d4fe255d82045675ac6d8a8c');
INSERT INTO "change" VALUES(42,'demo-operator','person','demo-tech-a','99c45a9d7051ab104c3faa99c1147b497b6e2c02d461117dad437d1a36b0acee');
INSERT INTO "change" VALUES(43,'demo-operator','record','01a21518-0153-77e7-ae30-35a3c5cc7906','e2f8d755147bd8e1e84a80392f839f10ca0d72a94cbebfa265a67cde0334318c');
INSERT INTO "change" VALUES(44,'demo-operator','record','01a21518-0188-7722-ba2d-b023f815175c','40cc09e7ffacf01531377284b940681792a61ccfe4499724ef10e0adc958f260');
INSERT INTO "change" VALUES(45,'demo-operator','record','01a21518-01cd-7269-96e3-9ce51ef43a84','b6fdfb0156c86111bb59c913ca74f8268af98118fb452a034e8a9228cbe1b753');
CREATE TABLE definition (
    -- Forms and rulebooks from outside, as they were imported, in the order in which they are read: an overlay comes
    -- after the form that it extends. Never changed or deleted: records name them for ever.
    place   INTEGER NOT NULL PRIMARY KEY,
    -- form or rulebook.
    kind    TEXT    NOT NULL,
    -- The form's code or the rulebook's id.
    code    TEXT    NOT NULL,
    version INTEGER NOT NULL,
    -- Its name, for complaints.
    file    TEXT    NOT NULL,
    -- TOML.
    text    TEXT    NOT NULL,
    UNIQUE (kind, code, version)
) STRICT;
INSERT INTO "definition" VALUES(1,'form','HJ355-B',101,'form/hj355-b-datong.toml','# 演示：大同市在国家巡检维护记录表上加两项；演示点位都不在大同，用的仍是国家表
# Demo: Datong adds two items to the national inspection table; no demo point lies there, so none of them gets it
extends = "HJ355-B"
extends_version = 1
version = 101
jurisdiction = "CN-1402"
valid_from = "2026-01-01"
basis = "proposal"
standard = { zh = "HJ 355 附录 B（大同，演示）", en = "HJ 355 annex B (Datong, demo)" }

[[section]]
id = "sampling"

[[section.field]]
id = "flume"
label = { zh = "量水堰槽", en = "Weir or flume" }
type = "check"
every_days = 7

[[section.field]]
id = "retained_sample"
label = { zh = "超标留样", en = "Retained sample" }
type = "check"
every_days = 30
');
CREATE TABLE device (
    -- Enrolled tablets.
    id          TEXT    NOT NULL PRIMARY KEY,
    operator    TEXT    NOT NULL,
    -- The newest key; what a log was signed with stands in `log`.
    public_key  TEXT    NOT NULL,
    model       TEXT    NOT NULL,
    app_version TEXT    NOT NULL,
    -- SHA-256 of the bearer token.
    token_hash  TEXT    NOT NULL UNIQUE,
    enrolled_ms INTEGER NOT NULL,
    revoked_ms  INTEGER
) STRICT;
INSERT INTO "device" VALUES('01a21518-0149-7258-a362-3bc8ecdab6e9','demo-operator','03ea0815b358d733395aec1f087e161441d8fec5b64ef334e8aaed07892daeb72f','演示平板','0.1.0','11ada8cfd5669dca60c894c7c4568c9d6aa973aa61e4c7ddad04dd0c4e94376a',1795413600000,NULL);
CREATE TABLE discharger (
    -- 排污单位 (M1).
    id   TEXT NOT NULL PRIMARY KEY,
    row  TEXT NOT NULL CHECK (json_valid(row)),
    name TEXT NOT NULL GENERATED ALWAYS AS (row ->> '$.name') STORED
) STRICT;
INSERT INTO "discharger" VALUES('demo-power','{"id":"demo-power","name":"演示热电有限公司","credit_code":"91000000DEMO000002","address":"演示市演示区电厂路 8 号（虚构）"}');
INSERT INTO "discharger" VALUES('demo-sewage','{"id":"demo-sewage","name":"演示污水处理厂","credit_code":"91000000DEMO000003","address":"演示市演示区河滨路 3 号（虚构）"}');
CREATE TABLE enrol_code (
    -- One-time codes that take a tablet in.
    -- SHA-256 over the server's key and the code: the database alone does not yield the eight digits.
    code_hash  TEXT    NOT NULL PRIMARY KEY,
    operator   TEXT    NOT NULL,
    expires_ms INTEGER NOT NULL,
    used_ms    INTEGER
) STRICT;
INSERT INTO "enrol_code" VALUES('ca715125e075999fde7a77f528727f5fc81fdce86bcb96b4d0378425472d22b8','demo-operator',1795414500000,1795413600000);
INSERT INTO "enrol_code" VALUES('57ceed7950987a46f01e1c38c2df9869b51a1966ed011b24d5debd6137ea6b74','demo-operator',1795414500000,NULL);
CREATE TABLE entry (
    -- The evidence as it was received, append-only: design.md §4. All tables below are drawn from it.
    device      TEXT    NOT NULL,
    log         TEXT    NOT NULL,
    -- From 1, without gaps within its log.
    seq         INTEGER NOT NULL,
    -- SHA-256 of the header.
    hash        TEXT    NOT NULL,
    -- As the header names it; kinds that this version does not know are kept as they are.
    kind        TEXT    NOT NULL,
    -- The signed bytes.
    header      TEXT    NOT NULL,
    signature   TEXT    NOT NULL,
    body        TEXT    NOT NULL,
    received_ms INTEGER NOT NULL,
    -- Which tablet sent it: any may send another's.
    sent_by     TEXT    NOT NULL,
    PRIMARY KEY (device, log, seq)
) STRICT;
INSERT INTO "entry" VALUES('01a21518-0149-7258-a362-3bc8ecdab6e9','01a21518-014d-70fb-86e9-178143be046f',1,'6e5a9f99fe969e10adf71cd942ad24ff1781da323ce2d91834cc4ecc4e5506a9','enrolled','{"alg":"ES256","body_hash":"3c6d59ac58e4d64691681cb678659ba42c89e09ce5644100063f19c84eed1dfc","body_len":497,"clocks":{"boot_id":"boot","boot_ms":1000,"wall":"2026-11-23T06:00:00Z"},"device":"01a21518-0149-7258-a362-3bc8ecdab6e9","kind":"enrolled","log":"01a21518-014d-70fb-86e9-178143be046f","prev":null,"seq":1,"technician":"demo-tech-a","v":1}','425f4d84c561205cd6a175bb3d0245d7b04c807fd49129119544846708a4e9282a37c73652f1959c3b63086b8b86bb06c91bd15de13351b76019a0b7e0b30d6e','{"certificate":{"key_id":"228524419b1fc7ed","signature":"b0be74b5f03041b2a387a0c2f8d2a5f4f401ac22b058cdd72f0619a248b4a46f617023fbfb52f144203972128d423c4efb195112b592cac4b68dffc11a292f7c","text":"{\"device\":\"01a21518-0149-7258-a362-3bc8ecdab6e9\",\"operator\":\"demo-operator\",\"public_key\":\"03ea0815b358d733395aec1f087e161441d8fec5b64ef334e8aaed07892daeb72f\",\"statement\":\"certificate\",\"valid_from\":\"2026-11-23T06:00:00Z\",\"valid_until\":\"2028-11-22T06:00:00Z\"}"},"kind":"enrolled"}',1795413600000,'01a21518-0149-7258-a362-3bc8ecdab6e9');
INSERT INTO "entry" VALUES('01a21518-0149-7258-a362-3bc8ecdab6e9','01a21518-014d-70fb-86e9-178143be046f',2,'49bd57857d919ba03515429932b7b34b46a148d8cc7b890eea63d324b16ec5da','signed_in','{"alg":"ES256","body_hash":"cbb5fa1610d54ab78a25e39d21d21710fd6be42bb37a7d129818831169442935","body_len":457,"clocks":{"boot_id":"boot","boot_ms":1000,"wall":"2026-11-23T06:00:00Z"},"device":"01a21518-0149-7258-a362-3bc8ecdab6e9","kind":"signed_in","log":"01a21518-014d-70fb-86e9-178143be046f","prev":"6e5a9f99fe969e10adf71cd942ad24ff1781da323ce2d91834cc4ecc4e5506a9","seq":2,"technician":"demo-tech-a","v":1}','f63692ad552d91acbb145ace9a0149a0f3a6db8b66c9d69492b2ca7b31cb4dc0495e53212583aeaeeff8f1eadfec6a8cd7888975bef5ceae090ee2d46d3cb6d7','{"fixes":[{"accuracy_m":"4.0","boot_ms":900,"latitude":"40.0000000","longitude":"112.9000000","mocked":false,"provider":"replay","satellites":9}],"kind":"signed_in","point":"demo-stack-1","presence":{"distance_m":"120.0","fix":{"accuracy_m":"4.0","boot_ms":900,"latitude":"40.0000000","longitude":"112.9000000","mocked":false,"provider":"replay","satellites":9},"presence":"inside"},"technician":"demo-tech-a","visit":"01a21518-014d-70fb-86e9-178270497d3f"}',1795413600000,'01a21518-0149-7258-a362-3bc8ecdab6e9');
INSERT INTO "entry" VALUES('01a21518-0149-7258-a362-3bc8ecdab6e9','01a21518-014d-70fb-86e9-178143be046f',3,'c1dac647f6bf291a6ed5afcda630916eff07e47eb8365d0a0577f54672b04f00','photo_taken','{"alg":"ES256","body_hash":"e35283764c4b1eea96d382de8327d61ac32b211abbfa8635073ce0ddec0b01a9","body_len":263,"clocks":{"boot_id":"boot","boot_ms":1000,"wall":"2026-11-23T06:00:00Z"},"device":"01a21518-0149-7258-a362-3bc8ecdab6e9","kind":"photo_taken","log":"01a21518-014d-70fb-86e9-178143be046f","prev":"49bd57857d919ba03515429932b7b34b46a148d8cc7b890eea63d324b16ec5da","seq":3,"technician":"demo-tech-a","v":1}','8ac69fbc68db23ccc4f7250207405d792f701d66c8cdc31a329290cd768152303a58290341d353059aad79950a3163bc90d361cc91921d0c22b36700915926dd','{"file":{"media_type":"image/jpeg","sha256":"9b86a6743f9a6755629908e7f8c2da2c2cf62027c2933d8bc4d7837abdf25ff6","size_bytes":2000},"kind":"photo_taken","photo":"01a21518-0152-7361-9bdd-625db8fadeaf","source":"camera","visit":"01a21518-014d-70fb-86e9-178270497d3f"}',1795413600000,'01a21518-0149-7258-a362-3bc8ecdab6e9');
INSERT INTO "entry" VALUES('01a21518-0149-7258-a362-3bc8ecdab6e9','01a21518-014d-70fb-86e9-178143be046f',4,'e2f8d755147bd8e1e84a80392f839f10ca0d72a94cbebfa265a67cde0334318c','record_signed','{"alg":"ES256","body_hash":"40167dd43de03b5ee63255dfe327c06a057555b69f045d103982f42c8a596ea0","body_len":765,"clocks":{"boot_id":"boot","boot_ms":1000,"wall":"2026-11-23T06:00:00Z"},"device":"01a21518-0149-7258-a362-3bc8ecdab6e9","kind":"record_signed","log":"01a21518-014d-70fb-86e9-178143be046f","prev":"c1dac647f6bf291a6ed5afcda630916eff07e47eb8365d0a0577f54672b04f00","seq":4,"technician":"demo-tech-a","v":1}','20dc9f05fa7f7acc348cf08aee2eea3b032b465740cbeb8e73e49f58b9cbd30c7f08be0ab93484fcb96f7a7f1a094815b327f8afc2487392cd594bf8ad68fc7b','{"answers":{"analyser/DA001-SO2/unit":{"origin":{"from":"typed"},"text":"μmol/mol"},"analyser/DA001-SO2/zero.before":{"origin":{"from":"typed"},"text":"1.5"},"header/enterprise":{"origin":{"from":"typed"},"text":"演示热电有限公司"}},"form":"HJ75-G4","form_version":1,"kind":"record_signed","photos":[{"media_type":"image/jpeg","sha256":"9b86a6743f9a6755629908e7f8c2da2c2cf62027c2933d8bc4d7837abdf25ff6","size_bytes":2000}],"point":"demo-stack-1","record":"01a21518-0153-77e7-ae30-35a3c5cc7906","rulebook":"CN","rulebook_version":1,"signature":{"media_type":"application/json","sha256":"44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size_bytes":2},"technician":"demo-tech-a","verdicts":[],"visit":"01a21518-014d-70fb-86e9-178270497d3f"}',1795413600000,'01a21518-0149-7258-a362-3bc8ecdab6e9');
INSERT INTO "entry" VALUES('01a21518-0149-7258-a362-3bc8ecdab6e9','01a21518-014d-70fb-86e9-178143be046f',5,'02941132b824a47c6ec982d00c5441b0ba7160836c3e8717b132687481896b71','signed_in','{"alg":"ES256","body_hash":"531ac51f5d355e8266e5c5e2f2646f8efa925d9f3df32ece77bcbc0dce411356","body_len":457,"clocks":{"boot_id":"boot","boot_ms":1000,"wall":"2026-11-23T06:00:00Z"},"device":"01a21518-0149-7258-a362-3bc8ecdab6e9","kind":"signed_in","log":"01a21518-014d-70fb-86e9-178143be046f","prev":"e2f8d755147bd8e1e84a80392f839f10ca0d72a94cbebfa265a67cde0334318c","seq":5,"technician":"demo-tech-a","v":1}','067661e651b73bb316b0ab3c7159ce2b564b6a67b4f873b6f8f6b0a6a9f11fb540d9bfb2795f08255525dc1f06cd18a40a70bba54f1c62df6b9472726a6cf0ab','{"fixes":[{"accuracy_m":"4.0","boot_ms":900,"latitude":"40.0000000","longitude":"112.9000000","mocked":false,"provider":"replay","satellites":9}],"kind":"signed_in","point":"demo-outfall","presence":{"distance_m":"120.0","fix":{"accuracy_m":"4.0","boot_ms":900,"latitude":"40.0000000","longitude":"112.9000000","mocked":false,"provider":"replay","satellites":9},"presence":"inside"},"technician":"demo-tech-a","visit":"01a21518-0154-73ec-b83b-cd4894b0bc95"}',1795413600000,'01a21518-0149-7258-a362-3bc8ecdab6e9');
INSERT INTO "entry" VALUES('01a21518-0149-7258-a362-3bc8ecdab6e9','01a21518-014d-70fb-86e9-178143be046f',6,'40cc09e7ffacf01531377284b940681792a61ccfe4499724ef10e0adc958f260','record_signed','{"alg":"ES256","body_hash":"e6aa9f46cf8baf55802547aa6e4a32ddbfcec8afb554b92e4fd9d0e6b115bdb3","body_len":999,"clocks":{"boot_id":"boot","boot_ms":1000,"wall":"2026-11-23T06:00:00Z"},"device":"01a21518-0149-7258-a362-3bc8ecdab6e9","kind":"record_signed","log":"01a21518-014d-70fb-86e9-178143be046f","prev":"02941132b824a47c6ec982d00c5441b0ba7160836c3e8717b132687481896b71","seq":6,"technician":"demo-tech-a","v":1}','0bf4257817d89ffeb192cde1f1c57f905612f5990db410514952e9b453e101a22376e61aa9e9424b27c35ca050fe4649a47a83198fa68f199fe2691c442d6ec3','{"answers":{"aux/b2.1":{"origin":{"from":"typed"},"text":"impossible 门锁损坏，无法进入"},"header/enterprise":{"origin":{"from":"typed"},"text":"演示污水处理厂"},"header/inspection_date":{"origin":{"from":"typed"},"text":"2026-11-23"},"header/room_temperature":{"origin":{"from":"typed"},"text":"21.5"},"header/weather":{"origin":{"from":"typed"},"text":"overcast"},"prep/b1.1":{"origin":{"from":"typed"},"text":"ok"},"prep/b1.2":{"origin":{"from":"typed"},"text":"bad 试剂余量不足，已补充"},"prep/remark":{"origin":{"from":"typed"},"text":"第一行\n第二行"}},"form":"HJ355-B","form_version":1,"kind":"record_signed","photos":[],"point":"demo-outfall","record":"01a21518-0188-7722-ba2d-b023f815175c","rulebook":"CN-42","rulebook_version":1,"signature":{"media_type":"application/json","sha256":"5ad74a39b11b5bd90f0acacdc94338398f14da7f1da9bfea6601be57310dc81f","size_bytes":1263},"technician":"demo-tech-a","verdicts":[],"visit":"01a21518-0154-73ec-b83b-cd4894b0bc95"}',1795413600000,'01a21518-0149-7258-a362-3bc8ecdab6e9');
INSERT INTO "entry" VALUES('01a21518-0149-7258-a362-3bc8ecdab6e9','01a21518-014d-70fb-86e9-178143be046f',7,'b6fdfb0156c86111bb59c913ca74f8268af98118fb452a034e8a9228cbe1b753','record_signed','{"alg":"ES256","body_hash":"0e23c0f80c8cbd5bd4e9afa163bab09c6aca7bda648c628b3d018c8796edca72","body_len":1052,"clocks":{"boot_id":"boot","boot_ms":1000,"wall":"2026-11-23T06:00:00Z"},"device":"01a21518-0149-7258-a362-3bc8ecdab6e9","kind":"record_signed","log":"01a21518-014d-70fb-86e9-178143be046f","prev":"40cc09e7ffacf01531377284b940681792a61ccfe4499724ef10e0adc958f260","seq":7,"technician":"demo-tech-a","v":1}','1ccfb2e9212fd762b237d13ff83d9a7c6d28c511fec5bfcd2d1f866086304df47e34adee638f6899e3dd270ed789cf199c8e94162eeb5b798d3f0ba449c72a37','{"answers":{"header/enterprise":{"origin":{"from":"typed"},"text":"演示污水处理厂"},"items/@1/instrument":{"origin":{"from":"typed"},"text":"DW001-COD"},"items/@1/result":{"origin":{"from":"typed"},"text":"yes"},"report/file":{"origin":{"from":"typed"},"text":"99058ac01f8740e6ef09ff96097aa6db7a47b53df6b3fba2211118515c6d0136 37 比对报告 2026-11.pdf"},"report/kind":{"origin":{"from":"typed"},"text":"water_comparison"},"report/number":{"origin":{"from":"typed"},"text":"YS-2026-118"},"report/result":{"origin":{"from":"typed"},"text":"yes"}},"files":[{"media_type":"application/pdf","sha256":"99058ac01f8740e6ef09ff96097aa6db7a47b53df6b3fba2211118515c6d0136","size_bytes":37}],"form":"OM-REPORT","form_version":1,"kind":"record_signed","photos":[],"point":"demo-outfall","record":"01a21518-01cd-7269-96e3-9ce51ef43a84","rulebook":"CN-42","rulebook_version":1,"signature":{"media_type":"application/json","sha256":"5ad74a39b11b5bd90f0acacdc94338398f14da7f1da9bfea6601be57310dc81f","size_bytes":1263},"technician":"demo-tech-a","verdicts":[]}',1795413600000,'01a21518-0149-7258-a362-3bc8ecdab6e9');
INSERT INTO "entry" VALUES('01a21518-0149-7258-a362-3bc8ecdab6e9','01a21518-014d-70fb-86e9-178143be046f',8,'3d038591c3df41ea00d8e60c6d952a1be3b750a3c8a6ee6a2955fd992567c981','clock_jumped','{"alg":"ES256","body_hash":"1e0390378368f7ca2ff345d3d8be8dc60ad454690309dd0b95ba867663dd5923","body_len":40,"clocks":{"boot_id":"boot","boot_ms":1000,"wall":"2026-11-23T06:00:00Z"},"device":"01a21518-0149-7258-a362-3bc8ecdab6e9","kind":"clock_jumped","log":"01a21518-014d-70fb-86e9-178143be046f","prev":"b6fdfb0156c86111bb59c913ca74f8268af98118fb452a034e8a9228cbe1b753","seq":8,"technician":"demo-tech-a","v":1}','c636b1cf1b403b7081e6c14aa4318875974595ab182538942364604e4c316650704d43ff9474ba043a039f4a2934472366dd3422f6c1381e10c171f724bd3ab9','{"kind":"clock_jumped","moved_ms":40000}',1795413600000,'01a21518-0149-7258-a362-3bc8ecdab6e9');
CREATE TABLE file (
    -- Files held whole, hashed by us. By operator, so that knowing a hash is not holding the file.
    sha256      TEXT    NOT NULL,
    operator    TEXT    NOT NULL,
    size_bytes  INTEGER NOT NULL,
    media_type  TEXT    NOT NULL,
    received_ms INTEGER NOT NULL,
    PRIMARY KEY (sha256, operator)
) STRICT;
INSERT INTO "file" VALUES('9b86a6743f9a6755629908e7f8c2da2c2cf62027c2933d8bc4d7837abdf25ff6','demo-operator',2000,'image/jpeg',1795413600000);
CREATE TABLE file_reference (
    -- Files that entries name.
    device     TEXT    NOT NULL,
    log        TEXT    NOT NULL,
    seq        INTEGER NOT NULL,
    -- The file's place in the entry, from 0.
    place      INTEGER NOT NULL,
    operator   TEXT    NOT NULL,
    visit      TEXT,
    record     TEXT,
    -- photo, sign_in, record or signature.
    role       TEXT    NOT NULL,
    sha256     TEXT    NOT NULL,
    size_bytes INTEGER NOT NULL,
    media_type TEXT    NOT NULL,
    -- camera or imported; only of photos.
    source     TEXT, slot TEXT,
    PRIMARY KEY (device, log, seq, place)
) STRICT;
INSERT INTO "file_reference" VALUES('01a21518-0149-7258-a362-3bc8ecdab6e9','01a21518-014d-70fb-86e9-178143be046f',3,0,'demo-operator','01a21518-014d-70fb-86e9-178270497d3f',NULL,'photo','9b86a6743f9a6755629908e7f8c2da2c2cf62027c2933d8bc4d7837abdf25ff6',2000,'image/jpeg','camera',NULL);
INSERT INTO "file_reference" VALUES('01a21518-0149-7258-a362-3bc8ecdab6e9','01a21518-014d-70fb-86e9-178143be046f',4,0,'demo-operator','01a21518-014d-70fb-86e9-178270497d3f','01a21518-0153-77e7-ae30-35a3c5cc7906','record','9b86a6743f9a6755629908e7f8c2da2c2cf62027c2933d8bc4d7837abdf25ff6',2000,'image/jpeg',NULL,NULL);
INSERT INTO "file_reference" VALUES('01a21518-0149-7258-a362-3bc8ecdab6e9','01a21518-014d-70fb-86e9-178143be046f',4,1,'demo-operator','01a21518-014d-70fb-86e9-178270497d3f','01a21518-0153-77e7-ae30-35a3c5cc7906','signature','44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',2,'application/json',NULL,NULL);
INSERT INTO "file_reference" VALUES('01a21518-0149-7258-a362-3bc8ecdab6e9','01a21518-014d-70fb-86e9-178143be046f',6,0,'demo-operator','01a21518-0154-73ec-b83b-cd4894b0bc95','01a21518-0188-7722-ba2d-b023f815175c','signature','5ad74a39b11b5bd90f0acacdc94338398f14da7f1da9bfea6601be57310dc81f',1263,'application/json',NULL,NULL);
INSERT INTO "file_reference" VALUES('01a21518-0149-7258-a362-3bc8ecdab6e9','01a21518-014d-70fb-86e9-178143be046f',7,0,'demo-operator',NULL,'01a21518-01cd-7269-96e3-9ce51ef43a84','signature','5ad74a39b11b5bd90f0acacdc94338398f14da7f1da9bfea6601be57310dc81f',1263,'application/json',NULL,NULL);
INSERT INTO "file_reference" VALUES('01a21518-0149-7258-a362-3bc8ecdab6e9','01a21518-014d-70fb-86e9-178143be046f',7,1,'demo-operator',NULL,'01a21518-01cd-7269-96e3-9ce51ef43a84','attachment','99058ac01f8740e6ef09ff96097aa6db7a47b53df6b3fba2211118515c6d0136',37,'application/pdf',NULL,NULL);
CREATE TABLE fork (
    -- Authentic entries that contradict the ones held: kept as evidence, shown to people.
    device      TEXT    NOT NULL,
    log         TEXT    NOT NULL,
    seq         INTEGER NOT NULL,
    hash        TEXT    NOT NULL,
    header      TEXT    NOT NULL,
    signature   TEXT    NOT NULL,
    body        TEXT    NOT NULL,
    received_ms INTEGER NOT NULL,
    sent_by     TEXT    NOT NULL,
    PRIMARY KEY (device, log, seq, hash)
) STRICT;
INSERT INTO "fork" VALUES('01a21518-0149-7258-a362-3bc8ecdab6e9','01a21518-014d-70fb-86e9-178143be046f',8,'b04b0566a30213ce08dfa6365800ca28d981c394bc9d7b59ee71ab710ac107db','{"alg":"ES256","body_hash":"c5d8f192002836a7c5a9feee63dc05807222b2c0544bef3a08753e478b6b4648","body_len":40,"clocks":{"boot_id":"boot","boot_ms":1000,"wall":"2026-11-23T06:00:00Z"},"device":"01a21518-0149-7258-a362-3bc8ecdab6e9","kind":"clock_jumped","log":"01a21518-014d-70fb-86e9-178143be046f","prev":"b6fdfb0156c86111bb59c913ca74f8268af98118fb452a034e8a9228cbe1b753","seq":8,"technician":"demo-tech-a","v":1}','5f39e4b0330779571c891deafa997c4cc7d7cd01aba90d4c44d674fd458f8b0e4ef3e0274508eff36ac550e21df89053d82e118717056d09b616df553119d410','{"kind":"clock_jumped","moved_ms":50000}',1795413600000,'01a21518-0149-7258-a362-3bc8ecdab6e9');
CREATE TABLE instrument (
    -- 仪器 (M1 to M3).
    id    TEXT NOT NULL PRIMARY KEY,
    row   TEXT NOT NULL CHECK (json_valid(row)),
    point TEXT NOT NULL GENERATED ALWAYS AS (row ->> '$.point') STORED
) STRICT;
INSERT INTO "instrument" VALUES('DA001-SO2','{"id":"DA001-SO2","point":"demo-stack-1","kind":"gas","factor":"SO2","sampling":"extractive","auto_calibration":false,"brand":"演示牌","model":"演示-G500","manufacturer":"演示仪器有限公司","serial_no":"演示-0001","principle":"非分散红外","unit":"μmol/mol","range_low":"0","range_high":"500","detection_limit":"1","imported":false,"construction_state":"已验收","licence_no":"演示许可-0001","test_report_no":"演示报告-0001","operator_before":null,"sampler":null}');
INSERT INTO "instrument" VALUES('DA001-NOX','{"id":"DA001-NOX","point":"demo-stack-1","kind":"gas","factor":"NOX","sampling":"extractive","auto_calibration":false,"brand":"演示牌","model":"演示-G500","manufacturer":"演示仪器有限公司","serial_no":"演示-0002","principle":"非分散红外","unit":"μmol/mol","range_low":"0","range_high":"500","detection_limit":"1","imported":false,"construction_state":"已验收","licence_no":"演示许可-0002","test_report_no":"演示报告-0002","operator_before":null,"sampler":null}');
INSERT INTO "instrument" VALUES('DA001-O2','{"id":"DA001-O2","point":"demo-stack-1","kind":"gas","factor":"O2","sampling":"extractive","auto_calibration":false,"brand":"演示牌","model":"演示-G500","manufacturer":"演示仪器有限公司","serial_no":"演示-0003","principle":"顺磁","unit":"%","range_low":"0","range_high":"25","detection_limit":"0.1","imported":false,"construction_state":"已验收","licence_no":"演示许可-0003","test_report_no":"演示报告-0003","operator_before":null,"sampler":null}');
INSERT INTO "instrument" VALUES('DA001-PM','{"id":"DA001-PM","point":"demo-stack-1","kind":"particulate","factor":"PM","sampling":null,"auto_calibration":true,"brand":"演示牌","model":"演示-D200","manufacturer":"演示仪器有限公司","serial_no":"演示-0004","principle":"激光后散射","unit":"mg/m³","range_low":"0","range_high":"50","detection_limit":"0.2","imported":false,"construction_state":"已验收","licence_no":"演示许可-0004","test_report_no":"演示报告-0004","operator_before":null,"sampler":null}');
INSERT INTO "instrument" VALUES('DA001-VELOCITY','{"id":"DA001-VELOCITY","point":"demo-stack-1","kind":"velocity","factor":"VELOCITY","sampling":null,"auto_calibration":false,"brand":"演示牌","model":"演示-V10","manufacturer":"演示仪器有限公司","serial_no":"演示-0005","principle":"差压（皮托管）","unit":"m/s","range_low":"0","range_high":"40","detection_limit":null,"imported":false,"construction_state":"已验收","licence_no":"演示许可-0005","test_report_no":"演示报告-0005","operator_before":null,"sampler":null}');
INSERT INTO "instrument" VALUES('DA001-TEMPERATURE','{"id":"DA001-TEMPERATURE","point":"demo-stack-1","kind":"temperature","factor":"TEMPERATURE","sampling":null,"auto_calibration":false,"brand":"演示牌","model":"演示-T10","manufacturer":"演示仪器有限公司","serial_no":"演示-0006","principle":"铂电阻","unit":"℃","range_low":"0","range_high":"300","detection_limit":null,"imported":false,"construction_state":"已验收","licence_no":"演示许可-0006","test_report_no":"演示报告-0006","operator_before":null,"sampler":null}');
INSERT INTO "instrument" VALUES('DA001-HUMIDITY','{"id":"DA001-HUMIDITY","point":"demo-stack-1","kind":"humidity","factor":"HUMIDITY","sampling":null,"auto_calibration":false,"brand":"演示牌","model":"演示-H10","manufacturer":"演示仪器有限公司","serial_no":"演示-0007","principle":"阻容法","unit":"%","range_low":"0","range_high":"40","detection_limit":null,"imported":true,"construction_state":"已验收","licence_no":"演示许可-0007","test_report_no":"演示报告-0007","operator_before":null,"sampler":null}');
INSERT INTO "instrument" VALUES('DA001-LOGGER','{"id":"DA001-LOGGER","point":"demo-stack-1","kind":"data_logger","factor":"数采仪","sampling":null,"auto_calibration":false,"brand":"演示牌","model":"演示-K37","manufacturer":"演示仪器有限公司","serial_no":"演示-0008","principle":"HJ 212 数据采集传输","unit":"","range_low":null,"range_high":null,"detection_limit":null,"imported":false,"construction_state":"已验收","licence_no":"演示许可-0008","test_report_no":"演示报告-0008","operator_before":null,"sampler":null}');
INSERT INTO "instrument" VALUES('DA002-SO2','{"id":"DA002-SO2","point":"demo-stack-2","kind":"gas","factor":"SO2","sampling":"direct","auto_calibration":false,"brand":"演示牌","model":"演示-X300","manufacturer":"演示仪器有限公司","serial_no":"演示-0009","principle":"紫外差分吸收","unit":"μmol/mol","range_low":"0","range_high":"250","detection_limit":"1","imported":false,"construction_state":"已验收","licence_no":"演示许可-0009","test_report_no":"演示报告-0009","operator_before":null,"sampler":null}');
INSERT INTO "instrument" VALUES('DA002-NOX','{"id":"DA002-NOX","point":"demo-stack-2","kind":"gas","factor":"NOX","sampling":"direct","auto_calibration":false,"brand":"演示牌","model":"演示-X300","manufacturer":"演示仪器有限公司","serial_no":"演示-0010","principle":"紫外差分吸收","unit":"μmol/mol","range_low":"0","range_high":"250","detection_limit":"1","imported":false,"construction_state":"已验收","licence_no":"演示许可-0010","test_report_no":"演示报告-0010","operator_before":null,"sampler":null}');
INSERT INTO "instrument" VALUES('DA002-O2','{"id":"DA002-O2","point":"demo-stack-2","kind":"gas","factor":"O2","sampling":"direct","auto_calibration":false,"brand":"演示牌","model":"演示-X300","manufacturer":"演示仪器有限公司","serial_no":"演示-0011","principle":"氧化锆","unit":"%","range_low":"0","range_high":"25","detection_limit":"0.1","imported":false,"construction_state":"已验收","licence_no":"演示许可-0011","test_report_no":"演示报告-0011","operator_before":null,"sampler":null}');
INSERT INTO "instrument" VALUES('DA002-PM','{"id":"DA002-PM","point":"demo-stack-2","kind":"particulate","factor":"PM","sampling":null,"auto_calibration":true,"brand":"演示牌","model":"演示-D200","manufacturer":"演示仪器有限公司","serial_no":"演示-0012","principle":"激光后散射","unit":"mg/m³","range_low":"0","range_high":"50","detection_limit":"0.2","imported":false,"construction_state":"已验收","licence_no":"演示许可-0012","test_report_no":"演示报告-0012","operator_before":null,"sampler":null}');
INSERT INTO "instrument" VALUES('DA002-VELOCITY','{"id":"DA002-VELOCITY","point":"demo-stack-2","kind":"velocity","factor":"VELOCITY","sampling":null,"auto_calibration":false,"brand":"演示牌","model":"演示-V10","manufacturer":"演示仪器有限公司","serial_no":"演示-0013","principle":"差压（皮托管）","unit":"m/s","range_low":"0","range_high":"40","detection_limit":null,"imported":false,"construction_state":"已验收","licence_no":"演示许可-0013","test_report_no":"演示报告-0013","operator_before":null,"sampler":null}');
INSERT INTO "instrument" VALUES('DA002-TEMPERATURE','{"id":"DA002-TEMPERATURE","point":"demo-stack-2","kind":"temperature","factor":"TEMPERATURE","sampling":null,"auto_calibration":false,"brand":"演示牌","model":"演示-T10","manufacturer":"演示仪器有限公司","serial_no":"演示-0014","principle":"铂电阻","unit":"℃","range_low":"0","range_high":"300","detection_limit":null,"imported":false,"construction_state":"已验收","licence_no":"演示许可-0014","test_report_no":"演示报告-0014","operator_before":null,"sampler":null}');
INSERT INTO "instrument" VALUES('DA002-HUMIDITY','{"id":"DA002-HUMIDITY","point":"demo-stack-2","kind":"humidity","factor":"HUMIDITY","sampling":null,"auto_calibration":false,"brand":"演示牌","model":"演示-H10","manufacturer":"演示仪器有限公司","serial_no":"演示-0015","principle":"阻容法","unit":"%","range_low":"0","range_high":"40","detection_limit":null,"imported":true,"construction_state":"已验收","licence_no":"演示许可-0015","test_report_no":"演示报告-0015","operator_before":null,"sampler":null}');
INSERT INTO "instrument" VALUES('DA002-LOGGER','{"id":"DA002-LOGGER","point":"demo-stack-2","kind":"data_logger","factor":"数采仪","sampling":null,"auto_calibration":false,"brand":"演示牌","model":"演示-K37","manufacturer":"演示仪器有限公司","serial_no":"演示-0016","principle":"HJ 212 数据采集传输","unit":"","range_low":null,"range_high":null,"detection_limit":null,"imported":false,"construction_state":"已验收","licence_no":"演示许可-0016","test_report_no":"演示报告-0016","operator_before":null,"sampler":null}');
INSERT INTO "instrument" VALUES('DW001-COD','{"id":"DW001-COD","point":"demo-outfall","kind":"water_analyser","factor":"COD","sampling":null,"auto_calibration":false,"brand":"演示水仪","model":"演示-C1","manufacturer":"演示水质仪器有限公司","serial_no":"演示-0017","principle":"重铬酸钾氧化分光光度法","unit":"mg/L","range_low":"0","range_high":"200","detection_limit":"4","imported":false,"construction_state":"已验收","licence_no":"演示许可-0017","test_report_no":"演示报告-0017","operator_before":null,"sampler":null}');
INSERT INTO "instrument" VALUES('DW001-NH3-N','{"id":"DW001-NH3-N","point":"demo-outfall","kind":"water_analyser","factor":"NH3-N","sampling":null,"auto_calibration":false,"brand":"演示水仪","model":"演示-N1","manufacturer":"演示水质仪器有限公司","serial_no":"演示-0018","principle":"水杨酸分光光度法","unit":"mg/L","range_low":"0","range_high":"20","detection_limit":"0.05","imported":false,"construction_state":"已验收","licence_no":"演示许可-0018","test_report_no":"演示报告-0018","operator_before":null,"sampler":null}');
INSERT INTO "instrument" VALUES('DW001-TP','{"id":"DW001-TP","point":"demo-outfall","kind":"water_analyser","factor":"TP","sampling":null,"auto_calibration":false,"brand":"演示水仪","model":"演示-P1","manufacturer":"演示水质仪器有限公司","serial_no":"演示-0019","principle":"钼酸铵分光光度法","unit":"mg/L","range_low":"0","range_high":"5","detection_limit":"0.01","imported":false,"construction_state":"已验收","licence_no":"演示许可-0019","test_report_no":"演示报告-0019","operator_before":null,"sampler":null}');
INSERT INTO "instrument" VALUES('DW001-TN','{"id":"DW001-TN","point":"demo-outfall","kind":"water_analyser","factor":"TN","sampling":null,"auto_calibration":false,"brand":"演示水仪","model":"演示-T1","manufacturer":"演示水质仪器有限公司","serial_no":"演示-0020","principle":"碱性过硫酸钾消解紫外法","unit":"mg/L","range_low":"0","range_high":"50","detection_limit":"0.1","imported":false,"construction_state":"已验收","licence_no":"演示许可-0020","test_report_no":"演示报告-0020","operator_before":null,"sampler":null}');
INSERT INTO "instrument" VALUES('DW001-pH','{"id":"DW001-pH","point":"demo-outfall","kind":"water_analyser","factor":"pH","sampling":null,"auto_calibration":false,"brand":"演示水仪","model":"演示-H1","manufacturer":"演示水质仪器有限公司","serial_no":"演示-0021","principle":"玻璃电极法","unit":"无量纲","range_low":"0","range_high":"14","detection_limit":"0.01","imported":false,"construction_state":"已验收","licence_no":"演示许可-0021","test_report_no":"演示报告-0021","operator_before":null,"sampler":null}');
INSERT INTO "instrument" VALUES('DW001-FLOW','{"id":"DW001-FLOW","point":"demo-outfall","kind":"flow_meter","factor":"FLOW","sampling":null,"auto_calibration":false,"brand":"演示水仪","model":"演示-F1","manufacturer":"演示水质仪器有限公司","serial_no":"演示-0022","principle":"超声波明渠","unit":"m³/h","range_low":"0","range_high":"2000","detection_limit":null,"imported":false,"construction_state":"已验收","licence_no":"演示许可-0022","test_report_no":"演示报告-0022","operator_before":null,"sampler":null}');
INSERT INTO "instrument" VALUES('DW001-SAMPLER','{"id":"DW001-SAMPLER","point":"demo-outfall","kind":"sampler","factor":"水质自动采样器","sampling":null,"auto_calibration":false,"brand":"演示水仪","model":"演示-S1","manufacturer":"演示水质仪器有限公司","serial_no":"演示-0023","principle":"蠕动泵","unit":"","range_low":null,"range_high":null,"detection_limit":null,"imported":false,"construction_state":"已验收","licence_no":"演示许可-0023","test_report_no":"演示报告-0023","operator_before":null,"sampler":{"functions":"瞬时采样、混合采样、超标留样","outlet_type":"总排口","mixed_sampling":true,"refrigerated":true}}');
INSERT INTO "instrument" VALUES('DW001-LOGGER','{"id":"DW001-LOGGER","point":"demo-outfall","kind":"data_logger","factor":"数采仪","sampling":null,"auto_calibration":false,"brand":"演示水仪","model":"演示-K37","manufacturer":"演示水质仪器有限公司","serial_no":"演示-0024","principle":"HJ 212 数据采集传输","unit":"","range_low":null,"range_high":null,"detection_limit":null,"imported":false,"construction_state":"已验收","licence_no":"演示许可-0024","test_report_no":"演示报告-0024","operator_before":null,"sampler":null}');
CREATE TABLE log (
    -- Evidence logs, opened by their first entry, which names a certificate of ours.
    device     TEXT NOT NULL,
    log        TEXT NOT NULL,
    -- Whose device it is by that certificate.
    operator   TEXT NOT NULL,
    -- The certified key: all entries of the log hold under it.
    public_key TEXT NOT NULL,
    PRIMARY KEY (device, log)
) STRICT;
INSERT INTO "log" VALUES('01a21518-0149-7258-a362-3bc8ecdab6e9','01a21518-014d-70fb-86e9-178143be046f','demo-operator','03ea0815b358d733395aec1f087e161441d8fec5b64ef334e8aaed07892daeb72f');
CREATE TABLE operator (
    -- 运维机构 (M4). Register rows are kept whole, as the domain type in JSON; what queries need is drawn from it.
    id  TEXT NOT NULL PRIMARY KEY,
    row TEXT NOT NULL CHECK (json_valid(row))
) STRICT;
INSERT INTO "operator" VALUES('demo-operator','{"id":"demo-operator","name":"演示运维有限公司","credit_code":"91000000DEMO000001","legal_person":"演示·法定代表人","office":"演示市演示区演示路 1 号（虚构）"}');
CREATE TABLE person (
    -- 运维人员 (M4).
    id        TEXT NOT NULL PRIMARY KEY,
    -- Without code_hash: an import never touches the personal code.
    row       TEXT NOT NULL CHECK (json_valid(row)),
    -- Argon2 (PHC) of the one-time personal code; absent until one is made.
    code_hash TEXT,
    operator  TEXT NOT NULL GENERATED ALWAYS AS (row ->> '$.operator') STORED,
    name      TEXT NOT NULL GENERATED ALWAYS AS (row ->> '$.name') STORED
) STRICT;
INSERT INTO "person" VALUES('demo-tech-a','{"id":"demo-tech-a","operator":"demo-operator","name":"演示·技术员甲","post":"废气运维","certificate_no":"演示-Q-0001","certificate_until":"2028-06-30"}','$argon2id$v=19$m=19456,t=2,p=1$PGWaasEORQfxCufRh75MJQ$1yT4JSNhYC47H7p/ehxo5lyCaazxnGLTcHDEAtG0yaY');
INSERT INTO "person" VALUES('demo-tech-b','{"id":"demo-tech-b","operator":"demo-operator","name":"演示·技术员乙","post":"废气运维","certificate_no":"演示-Q-0002","certificate_until":"2027-12-31"}',NULL);
INSERT INTO "person" VALUES('demo-tech-c','{"id":"demo-tech-c","operator":"demo-operator","name":"演示·技术员丙","post":"废水运维","certificate_no":"演示-S-0003","certificate_until":"2028-03-31"}',NULL);
CREATE TABLE point (
    -- 监测点位 (M1, M3). Positions and fences are WGS-84.
    id           TEXT NOT NULL PRIMARY KEY,
    row          TEXT NOT NULL CHECK (json_valid(row)),
    discharger   TEXT NOT NULL GENERATED ALWAYS AS (row ->> '$.discharger') STORED,
    operator     TEXT NOT NULL GENERATED ALWAYS AS (row ->> '$.operator') STORED,
    jurisdiction TEXT NOT NULL GENERATED ALWAYS AS (row ->> '$.jurisdiction') STORED
) STRICT;
INSERT INTO "point" VALUES('demo-stack-1','{"id":"demo-stack-1","discharger":"demo-power","operator":"demo-operator","name":"演示热电 1# 烟囱","number":"DA001","medium":"gas","jurisdiction":"CN-14","location":"1# 烟囱 45 m 平台监测站房","position":{"longitude":"112.9000000","latitude":"40.0000000"},"fence":{"shape":"circle","center":{"longitude":"112.9000000","latitude":"40.0000000"},"radius_m":"120.0"},"system_maker":"演示仪器系统集成有限公司","installer":"演示环保安装有限公司","reference_oxygen_percent":"6","velocity_coefficient":"1.12","duct_area_m2":"28.27","pitot_coefficient":"0.84"}');
INSERT INTO "point" VALUES('demo-stack-2','{"id":"demo-stack-2","discharger":"demo-power","operator":"demo-operator","name":"演示热电 2# 烟囱","number":"DA002","medium":"gas","jurisdiction":"CN-14","location":"2# 烟囱 40 m 平台监测站房","position":{"longitude":"112.9045000","latitude":"40.0005000"},"fence":{"shape":"polygon","outer":[{"longitude":"112.9030000","latitude":"39.9992000"},{"longitude":"112.9062000","latitude":"39.9992000"},{"longitude":"112.9062000","latitude":"40.0018000"},{"longitude":"112.9030000","latitude":"40.0018000"}],"holes":[[{"longitude":"112.9033000","latitude":"40.0011000"},{"longitude":"112.9042000","latitude":"40.0011000"},{"longitude":"112.9042000","latitude":"40.0016000"},{"longitude":"112.9033000","latitude":"40.0016000"}]]},"system_maker":"演示仪器系统集成有限公司","installer":"演示环保安装有限公司","reference_oxygen_percent":"6","velocity_coefficient":"1.08","duct_area_m2":"19.63","pitot_coefficient":"0.84"}');
INSERT INTO "point" VALUES('demo-outfall','{"id":"demo-outfall","discharger":"demo-sewage","operator":"demo-operator","name":"演示污水处理厂 总排口","number":"DW001","medium":"water","jurisdiction":"CN-42","location":"总排口监测站房","position":{"longitude":"112.9400000","latitude":"40.0200000"},"fence":{"shape":"circle","center":{"longitude":"112.9400000","latitude":"40.0200000"},"radius_m":"80.0"},"system_maker":"演示水质仪器有限公司","installer":"演示环保安装有限公司","reference_oxygen_percent":null,"velocity_coefficient":null,"duct_area_m2":null,"pitot_coefficient":null}');
CREATE TABLE "record" (
    -- 运维记录, drawn from `record_signed`.
    id           TEXT    NOT NULL PRIMARY KEY,
    operator     TEXT    NOT NULL,
    -- Absent for desk work, which claims no presence.
    visit        TEXT,
    point        TEXT    NOT NULL,
    technician   TEXT    NOT NULL,
    form         TEXT    NOT NULL,
    form_version INTEGER NOT NULL,
    device       TEXT    NOT NULL,
    log          TEXT    NOT NULL,
    seq          INTEGER NOT NULL,
    signed_ms    INTEGER NOT NULL,
    -- The date of it in Asia/Shanghai.
    day          TEXT    NOT NULL,
    -- satellite or unproven.
    proof        TEXT    NOT NULL,
    -- 1 if the point was this operator's when the record came: only such records become baselines of others.
    own_point    INTEGER NOT NULL
) STRICT;
INSERT INTO "record" VALUES('01a21518-0153-77e7-ae30-35a3c5cc7906','demo-operator','01a21518-014d-70fb-86e9-178270497d3f','demo-stack-1','demo-tech-a','HJ75-G4',1,'01a21518-0149-7258-a362-3bc8ecdab6e9','01a21518-014d-70fb-86e9-178143be046f',4,1795413600000,'2026-11-23','unproven',1);
INSERT INTO "record" VALUES('01a21518-0188-7722-ba2d-b023f815175c','demo-operator','01a21518-0154-73ec-b83b-cd4894b0bc95','demo-outfall','demo-tech-a','HJ355-B',1,'01a21518-0149-7258-a362-3bc8ecdab6e9','01a21518-014d-70fb-86e9-178143be046f',6,1795413600000,'2026-11-23','unproven',1);
INSERT INTO "record" VALUES('01a21518-01cd-7269-96e3-9ce51ef43a84','demo-operator',NULL,'demo-outfall','demo-tech-a','OM-REPORT',1,'01a21518-0149-7258-a362-3bc8ecdab6e9','01a21518-014d-70fb-86e9-178143be046f',7,1795413600000,'2026-11-23','unproven',1);
CREATE TABLE record_instrument (
    -- Which instruments a record worked on: the last record of each is always sent down. Empty for the point itself.
    record     TEXT    NOT NULL,
    point      TEXT    NOT NULL,
    form       TEXT    NOT NULL,
    instrument TEXT    NOT NULL,
    signed_ms  INTEGER NOT NULL,
    PRIMARY KEY (record, instrument)
) STRICT;
INSERT INTO "record_instrument" VALUES('01a21518-0153-77e7-ae30-35a3c5cc7906','demo-stack-1','HJ75-G4','',1795413600000);
INSERT INTO "record_instrument" VALUES('01a21518-0153-77e7-ae30-35a3c5cc7906','demo-stack-1','HJ75-G4','DA001-SO2',1795413600000);
INSERT INTO "record_instrument" VALUES('01a21518-0188-7722-ba2d-b023f815175c','demo-outfall','HJ355-B','',1795413600000);
INSERT INTO "record_instrument" VALUES('01a21518-01cd-7269-96e3-9ce51ef43a84','demo-outfall','OM-REPORT','',1795413600000);
CREATE TABLE record_item (
    -- Which items of an inspection and which consumables a record did: the last record of each is always sent down, so
    -- that a new tablet knows when an item of half a year was last done.
    record    TEXT    NOT NULL,
    point     TEXT    NOT NULL,
    form      TEXT    NOT NULL,
    -- The item's name, the same in every version of the form.
    item      TEXT    NOT NULL,
    signed_ms INTEGER NOT NULL,
    PRIMARY KEY (record, item)
) STRICT;
INSERT INTO "record_item" VALUES('01a21518-0188-7722-ba2d-b023f815175c','demo-outfall','HJ355-B','prep/b1.1',1795413600000);
INSERT INTO "record_item" VALUES('01a21518-0188-7722-ba2d-b023f815175c','demo-outfall','HJ355-B','prep/b1.2',1795413600000);
CREATE TABLE redraw (
    -- Entries that an older server kept without understanding all of them. Drawn when the server opens; empty after.
    device TEXT    NOT NULL,
    log    TEXT    NOT NULL,
    seq    INTEGER NOT NULL,
    PRIMARY KEY (device, log, seq)
) STRICT;
CREATE TABLE refinery_schema_history(
             version int4 PRIMARY KEY,
             name VARCHAR(255),
             applied_on VARCHAR(255),
             checksum VARCHAR(255));
INSERT INTO "refinery_schema_history" VALUES(1,'first','2026-11-25T23:43:44.226231074Z','353754695958458549');
INSERT INTO "refinery_schema_history" VALUES(2,'forms','2026-11-25T23:43:44.226253989Z','14780671608284110689');
CREATE TABLE session (
    -- SHA-256 of the cookie's token.
    token_hash TEXT    NOT NULL PRIMARY KEY,
    login      TEXT    NOT NULL,
    expires_ms INTEGER NOT NULL
) STRICT;
INSERT INTO "session" VALUES('a4e30ef28f595555248dc31476b0fb00195323363f55e158f6fd063043cf89cc','demo-admin',1795456800000);
CREATE TABLE upload (
    -- tus uploads. How far one came is the length of its partial file.
    id         TEXT    NOT NULL PRIMARY KEY,
    device     TEXT    NOT NULL,
    operator   TEXT    NOT NULL,
    sha256     TEXT    NOT NULL,
    size_bytes INTEGER NOT NULL,
    media_type TEXT    NOT NULL,
    created_ms INTEGER NOT NULL,
    UNIQUE (device, sha256)
) STRICT;
INSERT INTO "upload" VALUES('01a21518-01e8-731a-8963-5cd25269c437','01a21518-0149-7258-a362-3bc8ecdab6e9','demo-operator','9b86a6743f9a6755629908e7f8c2da2c2cf62027c2933d8bc4d7837abdf25ff6',2000,'image/jpeg',1795413600000);
CREATE TABLE visit (
    -- 运维活动, drawn from `signed_in` and `signed_out`.
    id            TEXT    NOT NULL PRIMARY KEY,
    -- Whose tablet it was; the point may belong to another, or to nobody known.
    operator      TEXT    NOT NULL,
    point         TEXT    NOT NULL,
    technician    TEXT    NOT NULL,
    device        TEXT    NOT NULL,
    log           TEXT    NOT NULL,
    seq           INTEGER NOT NULL,
    -- By the best clock.
    signed_in_ms  INTEGER NOT NULL,
    -- The date in Asia/Shanghai.
    day           TEXT    NOT NULL,
    -- satellite or unproven.
    proof         TEXT    NOT NULL,
    -- inside, outside or unsure.
    presence      TEXT    NOT NULL,
    signed_out_ms INTEGER,
    -- The number of the `signed_out` entry in the same log or a later one of the device.
    out_log       TEXT,
    out_seq       INTEGER
) STRICT;
INSERT INTO "visit" VALUES('01a21518-014d-70fb-86e9-178270497d3f','demo-operator','demo-stack-1','demo-tech-a','01a21518-0149-7258-a362-3bc8ecdab6e9','01a21518-014d-70fb-86e9-178143be046f',2,1795413600000,'2026-11-23','unproven','inside',NULL,NULL,NULL);
INSERT INTO "visit" VALUES('01a21518-0154-73ec-b83b-cd4894b0bc95','demo-operator','demo-outfall','demo-tech-a','01a21518-0149-7258-a362-3bc8ecdab6e9','01a21518-014d-70fb-86e9-178143be046f',5,1795413600000,'2026-11-23','unproven','inside',NULL,NULL,NULL);
CREATE INDEX point_operator ON point (operator);
CREATE INDEX instrument_point ON instrument (point);
CREATE INDEX bottle_point ON bottle (point);
CREATE INDEX change_page ON change (operator, seq);
CREATE INDEX visit_day ON visit (day);
CREATE INDEX record_instrument_last ON record_instrument (point, form, instrument, signed_ms);
CREATE INDEX file_reference_visit ON file_reference (visit);
CREATE INDEX file_reference_sha256 ON file_reference (sha256);
CREATE INDEX record_visit ON record (visit);
CREATE INDEX record_point ON record (point);
CREATE INDEX record_day ON record (day);
CREATE INDEX record_form ON record (form, form_version);
CREATE INDEX file_reference_record ON file_reference (record);
CREATE INDEX record_item_last ON record_item (point, form, item, signed_ms);
CREATE TRIGGER entry_is_never_changed BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END;
CREATE TRIGGER entry_is_never_deleted BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('change',45);
COMMIT;
