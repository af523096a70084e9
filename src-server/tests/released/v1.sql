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
INSERT INTO "account" VALUES('demo-admin','operator_admin','demo-operator','$argon2id$v=19$m=19456,t=2,p=1$ayCKIVYTNSr9j4uxwDxL8w$318iuc6tH7iW+6ZaOUS3Yfd1LLD2aw9WjlakmcN8Um8',1795413600000);
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
INSERT INTO "change" VALUES(41,'demo-operator','person','demo-tech-a','9d3aa2049f393206fc09a93abf94c916a6eb8cb37bf44b76d5898372281abcb1');
INSERT INTO "change" VALUES(42,'demo-operator','record','01a214ef-2dd2-777b-b95a-3fbc3c2fd589','2650578e57d52d2d6ca19ad43f07c4473f813d380357429620bd1d1f85379223');
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
INSERT INTO "device" VALUES('01a214ef-2dca-73ae-bb2a-b38400d939eb','demo-operator','03ed9acbe908a7a1a53fe863f34af5f816d24cbddb00cc82758e4eaa663bcea7d2','演示平板','0.1.0','703e42b6f7e3c6f68741942f900447ae448a6a38b53490a2e63d51578be90b52',1795413600000,NULL);
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
INSERT INTO "enrol_code" VALUES('3adc56d9b32ae678c1f70a33908216b2d61c44f793f1a99b227c8818e2b3f584','demo-operator',1795414500000,1795413600000);
INSERT INTO "enrol_code" VALUES('e1eac6e976a564d3deb1b4233480e7ce14f4888af4c72f1d3335bd0a4252062c','demo-operator',1795414500000,NULL);
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
INSERT INTO "entry" VALUES('01a214ef-2dca-73ae-bb2a-b38400d939eb','01a214ef-2dcc-7322-aedc-267d2c03a359',1,'b9cefbf6e50e21d1466f54b89c636bcd505c7708058558cbdcacde8337400e22','enrolled','{"alg":"ES256","body_hash":"dc586233b7f0a5118f2b01884651f75d4213a94be897895bb9989914570c8f06","body_len":497,"clocks":{"boot_id":"boot","boot_ms":1000,"wall":"2026-11-23T06:00:00Z"},"device":"01a214ef-2dca-73ae-bb2a-b38400d939eb","kind":"enrolled","log":"01a214ef-2dcc-7322-aedc-267d2c03a359","prev":null,"seq":1,"technician":"demo-tech-a","v":1}','fa0a3e110a3241a21d705c619b293fac6cf0308ca36ba764f9f4567c2696e8316d9e5adb10a32857f26bd6df73dd43a30bc2be55e9d3d19b3563a2b6fb9f6be5','{"certificate":{"key_id":"2a0680099b78035d","signature":"bf788fc41c638811936a0ab3a8db1df83e54ef270287747fd5f9f334163f48e2664a84a2a8733a46fa0f08bbfb8a1f806d334b274bbb0af7e0a3b1dcb48a74ea","text":"{\"device\":\"01a214ef-2dca-73ae-bb2a-b38400d939eb\",\"operator\":\"demo-operator\",\"public_key\":\"03ed9acbe908a7a1a53fe863f34af5f816d24cbddb00cc82758e4eaa663bcea7d2\",\"statement\":\"certificate\",\"valid_from\":\"2026-11-23T06:00:00Z\",\"valid_until\":\"2028-11-22T06:00:00Z\"}"},"kind":"enrolled"}',1795413600000,'01a214ef-2dca-73ae-bb2a-b38400d939eb');
INSERT INTO "entry" VALUES('01a214ef-2dca-73ae-bb2a-b38400d939eb','01a214ef-2dcc-7322-aedc-267d2c03a359',2,'624dcb28944acb38956c83e35acf40f9bfab60f7aed470de6a978d929e0eb7d2','signed_in','{"alg":"ES256","body_hash":"2489ae27996d86052653f0815c655fb2d534908786be81be4a230d526337ff41","body_len":457,"clocks":{"boot_id":"boot","boot_ms":1000,"wall":"2026-11-23T06:00:00Z"},"device":"01a214ef-2dca-73ae-bb2a-b38400d939eb","kind":"signed_in","log":"01a214ef-2dcc-7322-aedc-267d2c03a359","prev":"b9cefbf6e50e21d1466f54b89c636bcd505c7708058558cbdcacde8337400e22","seq":2,"technician":"demo-tech-a","v":1}','5e668c27b20871e8b438258795848d90cd3b425aaa21e169ba1c265f024da3674e5d65bd343f8b046f1891a3bd6835371f9a04311530cc15c7d4378302bbe3f2','{"fixes":[{"accuracy_m":"4.0","boot_ms":900,"latitude":"40.0000000","longitude":"112.9000000","mocked":false,"provider":"replay","satellites":9}],"kind":"signed_in","point":"demo-stack-1","presence":{"distance_m":"120.0","fix":{"accuracy_m":"4.0","boot_ms":900,"latitude":"40.0000000","longitude":"112.9000000","mocked":false,"provider":"replay","satellites":9},"presence":"inside"},"technician":"demo-tech-a","visit":"01a214ef-2dcc-7322-aedc-267ea3d5a333"}',1795413600000,'01a214ef-2dca-73ae-bb2a-b38400d939eb');
INSERT INTO "entry" VALUES('01a214ef-2dca-73ae-bb2a-b38400d939eb','01a214ef-2dcc-7322-aedc-267d2c03a359',3,'0107afbbd21afd4bbc7d360730830671d94864a48a6af9d798e8ba7530f420f2','photo_taken','{"alg":"ES256","body_hash":"4b5b0dad1d8c8f94e2da9c16706ed86346415bc6e02f086f54717ed42a178227","body_len":263,"clocks":{"boot_id":"boot","boot_ms":1000,"wall":"2026-11-23T06:00:00Z"},"device":"01a214ef-2dca-73ae-bb2a-b38400d939eb","kind":"photo_taken","log":"01a214ef-2dcc-7322-aedc-267d2c03a359","prev":"624dcb28944acb38956c83e35acf40f9bfab60f7aed470de6a978d929e0eb7d2","seq":3,"technician":"demo-tech-a","v":1}','4c50dcc8cb3125ab074e24417cffdcc51423e871e2e492296a173648e01d6eb8565fd0a6241de76d0034e2da1c23fca21105e11b4cc97848ac503b0f4ed3a977','{"file":{"media_type":"image/jpeg","sha256":"9b86a6743f9a6755629908e7f8c2da2c2cf62027c2933d8bc4d7837abdf25ff6","size_bytes":2000},"kind":"photo_taken","photo":"01a214ef-2dd1-767c-b085-a2bca49c1b86","source":"camera","visit":"01a214ef-2dcc-7322-aedc-267ea3d5a333"}',1795413600000,'01a214ef-2dca-73ae-bb2a-b38400d939eb');
INSERT INTO "entry" VALUES('01a214ef-2dca-73ae-bb2a-b38400d939eb','01a214ef-2dcc-7322-aedc-267d2c03a359',4,'2650578e57d52d2d6ca19ad43f07c4473f813d380357429620bd1d1f85379223','record_signed','{"alg":"ES256","body_hash":"5b3e79389d65658aad94e0cd0adae721ba7e691b11baefd95add1b6167ad5107","body_len":765,"clocks":{"boot_id":"boot","boot_ms":1000,"wall":"2026-11-23T06:00:00Z"},"device":"01a214ef-2dca-73ae-bb2a-b38400d939eb","kind":"record_signed","log":"01a214ef-2dcc-7322-aedc-267d2c03a359","prev":"0107afbbd21afd4bbc7d360730830671d94864a48a6af9d798e8ba7530f420f2","seq":4,"technician":"demo-tech-a","v":1}','a359d666173fb693117a82bacad2450b4247ca4bd07f1281590bc38dd7e1fe7978bf66b108be8d9e929f01eee8a125dff3db64afb2ed81f0111fd6f8990f474c','{"answers":{"analyser/DA001-SO2/unit":{"origin":{"from":"typed"},"text":"μmol/mol"},"analyser/DA001-SO2/zero.before":{"origin":{"from":"typed"},"text":"1.5"},"header/enterprise":{"origin":{"from":"typed"},"text":"演示热电有限公司"}},"form":"HJ75-G4","form_version":1,"kind":"record_signed","photos":[{"media_type":"image/jpeg","sha256":"9b86a6743f9a6755629908e7f8c2da2c2cf62027c2933d8bc4d7837abdf25ff6","size_bytes":2000}],"point":"demo-stack-1","record":"01a214ef-2dd2-777b-b95a-3fbc3c2fd589","rulebook":"CN","rulebook_version":1,"signature":{"media_type":"application/json","sha256":"44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size_bytes":2},"technician":"demo-tech-a","verdicts":[],"visit":"01a214ef-2dcc-7322-aedc-267ea3d5a333"}',1795413600000,'01a214ef-2dca-73ae-bb2a-b38400d939eb');
INSERT INTO "entry" VALUES('01a214ef-2dca-73ae-bb2a-b38400d939eb','01a214ef-2dcc-7322-aedc-267d2c03a359',5,'00da32d992e85a6dd0e4305a1259d7d8c7dee14125cb46436b28863aa2f9335d','clock_jumped','{"alg":"ES256","body_hash":"1e0390378368f7ca2ff345d3d8be8dc60ad454690309dd0b95ba867663dd5923","body_len":40,"clocks":{"boot_id":"boot","boot_ms":1000,"wall":"2026-11-23T06:00:00Z"},"device":"01a214ef-2dca-73ae-bb2a-b38400d939eb","kind":"clock_jumped","log":"01a214ef-2dcc-7322-aedc-267d2c03a359","prev":"2650578e57d52d2d6ca19ad43f07c4473f813d380357429620bd1d1f85379223","seq":5,"technician":"demo-tech-a","v":1}','ae543eeef60dfab52b7367f9315acf75015d046d50894f5342321aa1f956781103e82b34ddc71975187fd8683e53eea55955c7052132c5374def1a5fe30e8991','{"kind":"clock_jumped","moved_ms":40000}',1795413600000,'01a214ef-2dca-73ae-bb2a-b38400d939eb');
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
    source     TEXT,
    PRIMARY KEY (device, log, seq, place)
) STRICT;
INSERT INTO "file_reference" VALUES('01a214ef-2dca-73ae-bb2a-b38400d939eb','01a214ef-2dcc-7322-aedc-267d2c03a359',3,0,'demo-operator','01a214ef-2dcc-7322-aedc-267ea3d5a333',NULL,'photo','9b86a6743f9a6755629908e7f8c2da2c2cf62027c2933d8bc4d7837abdf25ff6',2000,'image/jpeg','camera');
INSERT INTO "file_reference" VALUES('01a214ef-2dca-73ae-bb2a-b38400d939eb','01a214ef-2dcc-7322-aedc-267d2c03a359',4,0,'demo-operator','01a214ef-2dcc-7322-aedc-267ea3d5a333','01a214ef-2dd2-777b-b95a-3fbc3c2fd589','record','9b86a6743f9a6755629908e7f8c2da2c2cf62027c2933d8bc4d7837abdf25ff6',2000,'image/jpeg',NULL);
INSERT INTO "file_reference" VALUES('01a214ef-2dca-73ae-bb2a-b38400d939eb','01a214ef-2dcc-7322-aedc-267d2c03a359',4,1,'demo-operator','01a214ef-2dcc-7322-aedc-267ea3d5a333','01a214ef-2dd2-777b-b95a-3fbc3c2fd589','signature','44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',2,'application/json',NULL);
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
INSERT INTO "fork" VALUES('01a214ef-2dca-73ae-bb2a-b38400d939eb','01a214ef-2dcc-7322-aedc-267d2c03a359',5,'58147295e98b2266d66a0c2e2eb1bca765e5c2d91316506ab220e336e364e4a5','{"alg":"ES256","body_hash":"c5d8f192002836a7c5a9feee63dc05807222b2c0544bef3a08753e478b6b4648","body_len":40,"clocks":{"boot_id":"boot","boot_ms":1000,"wall":"2026-11-23T06:00:00Z"},"device":"01a214ef-2dca-73ae-bb2a-b38400d939eb","kind":"clock_jumped","log":"01a214ef-2dcc-7322-aedc-267d2c03a359","prev":"2650578e57d52d2d6ca19ad43f07c4473f813d380357429620bd1d1f85379223","seq":5,"technician":"demo-tech-a","v":1}','b0a611bd8a019979c49cbf3be6ccab825b0a6b126e0c5a31cb96d299363723991752a5695fc838225f883b82068ae840b92301c631200f07c465049ec0734fb7','{"kind":"clock_jumped","moved_ms":50000}',1795413600000,'01a214ef-2dca-73ae-bb2a-b38400d939eb');
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
INSERT INTO "log" VALUES('01a214ef-2dca-73ae-bb2a-b38400d939eb','01a214ef-2dcc-7322-aedc-267d2c03a359','demo-operator','03ed9acbe908a7a1a53fe863f34af5f816d24cbddb00cc82758e4eaa663bcea7d2');
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
INSERT INTO "person" VALUES('demo-tech-a','{"id":"demo-tech-a","operator":"demo-operator","name":"演示·技术员甲","post":"废气运维","certificate_no":"演示-Q-0001","certificate_until":"2028-06-30"}','$argon2id$v=19$m=19456,t=2,p=1$xwcX6xoX3xoM3yvGgFaSww$ZQBBeTUKT6+VETuqC4Sb9jq/i6u11a3m72wbUwCy44Q');
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
CREATE TABLE record (
    -- 运维记录, drawn from `record_signed`.
    id           TEXT    NOT NULL PRIMARY KEY,
    operator     TEXT    NOT NULL,
    visit        TEXT    NOT NULL,
    point        TEXT    NOT NULL,
    technician   TEXT    NOT NULL,
    form         TEXT    NOT NULL,
    form_version INTEGER NOT NULL,
    device       TEXT    NOT NULL,
    log          TEXT    NOT NULL,
    seq          INTEGER NOT NULL,
    signed_ms    INTEGER NOT NULL,
    proof        TEXT    NOT NULL,
    -- 1 if the point was this operator's when the record came: only such records become baselines of others.
    own_point    INTEGER NOT NULL
) STRICT;
INSERT INTO "record" VALUES('01a214ef-2dd2-777b-b95a-3fbc3c2fd589','demo-operator','01a214ef-2dcc-7322-aedc-267ea3d5a333','demo-stack-1','demo-tech-a','HJ75-G4',1,'01a214ef-2dca-73ae-bb2a-b38400d939eb','01a214ef-2dcc-7322-aedc-267d2c03a359',4,1795413600000,'unproven',1);
CREATE TABLE record_instrument (
    -- Which instruments a record worked on: the last record of each is always sent down. Empty for the point itself.
    record     TEXT    NOT NULL,
    point      TEXT    NOT NULL,
    form       TEXT    NOT NULL,
    instrument TEXT    NOT NULL,
    signed_ms  INTEGER NOT NULL,
    PRIMARY KEY (record, instrument)
) STRICT;
INSERT INTO "record_instrument" VALUES('01a214ef-2dd2-777b-b95a-3fbc3c2fd589','demo-stack-1','HJ75-G4','',1795413600000);
INSERT INTO "record_instrument" VALUES('01a214ef-2dd2-777b-b95a-3fbc3c2fd589','demo-stack-1','HJ75-G4','DA001-SO2',1795413600000);
CREATE TABLE refinery_schema_history(
             version int4 PRIMARY KEY,
             name VARCHAR(255),
             applied_on VARCHAR(255),
             checksum VARCHAR(255));
INSERT INTO "refinery_schema_history" VALUES(1,'first','2026-11-25T22:59:08.771361162Z','353754695958458549');
CREATE TABLE session (
    -- SHA-256 of the cookie's token.
    token_hash TEXT    NOT NULL PRIMARY KEY,
    login      TEXT    NOT NULL,
    expires_ms INTEGER NOT NULL
) STRICT;
INSERT INTO "session" VALUES('b83e07c16608298ad8cd3dd75c7a7c539f9c544231422641e7e3090f91f2b7f7','demo-admin',1795456800000);
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
INSERT INTO "upload" VALUES('01a214ef-2ddd-73bc-8bbf-87c3c5fa70a9','01a214ef-2dca-73ae-bb2a-b38400d939eb','demo-operator','9b86a6743f9a6755629908e7f8c2da2c2cf62027c2933d8bc4d7837abdf25ff6',2000,'image/jpeg',1795413600000);
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
INSERT INTO "visit" VALUES('01a214ef-2dcc-7322-aedc-267ea3d5a333','demo-operator','demo-stack-1','demo-tech-a','01a214ef-2dca-73ae-bb2a-b38400d939eb','01a214ef-2dcc-7322-aedc-267d2c03a359',2,1795413600000,'2026-11-23','unproven','inside',NULL,NULL,NULL);
CREATE INDEX point_operator ON point (operator);
CREATE INDEX instrument_point ON instrument (point);
CREATE INDEX bottle_point ON bottle (point);
CREATE INDEX change_page ON change (operator, seq);
CREATE INDEX visit_day ON visit (day);
CREATE INDEX record_visit ON record (visit);
CREATE INDEX record_point ON record (point);
CREATE INDEX record_instrument_last ON record_instrument (point, form, instrument, signed_ms);
CREATE INDEX file_reference_visit ON file_reference (visit);
CREATE INDEX file_reference_sha256 ON file_reference (sha256);
CREATE TRIGGER entry_is_never_changed BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END;
CREATE TRIGGER entry_is_never_deleted BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('change',42);
COMMIT;
