PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE setting (
            key TEXT PRIMARY KEY,
            value TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
INSERT INTO setting VALUES('identity.authority','0');
INSERT INTO setting VALUES('identity.device','K1');
INSERT INTO setting VALUES('identity.epoch','1');
INSERT INTO setting VALUES('identity.event','sg20-2017');
INSERT INTO setting VALUES('identity.event_profile',replace('\n[event]\nid = "sg20-2017"\ntitle = { ar = "إنترنت الأشياء والمدن والمجتمعات الذكية", zh = "物联网与智慧城市和社区", en = "Internet of things and smart cities and communities", fr = "Internet des objets et villes et communautés intelligentes", ru = "Интернет вещей, «умные» города и сообщества", es = "Internet de las cosas y ciudades y comunidades inteligentes" }\nstudy_group = "ITU-T Study Group 20"\nchair = "Nasser Al Marzouqi"\nplace = { ar = "مقر الاتحاد، جنيف", zh = "国际电联总部，日内瓦", en = "ITU headquarters, Geneva", fr = "Siège de l''UIT, Genève", ru = "Штаб-квартира МСЭ, Женева", es = "Sede de la UIT, Ginebra" }\ntime_zone = "Europe/Zurich"\nfirst_day = 2017-09-04\nlast_day = 2017-09-15\nopening = "09:30"                  # of the first day\naccent = "#0B5394"\ndocuments = "https://www.itu.int/en/ITU-T/studygroups/2017-2020/20/"\n[check_in]\nidentity = "staff"                 # "staff": released after a look at the photo ID; "self": not\ndesk = "B"                         # where tickets send people\n[[check_in.hours]]\nday = 2017-09-04\nfrom = "08:30"\nuntil = "18:00"\n[public_search]\nletters_min = 2\nmask = true\nrows_max = 5\n[wifi]\nssid = "ITUwifi"\npassphrase = "itu@GVA1211"\n[lockers]\nper_delegate = 1\nreopen_minutes = 30\n[laptops]\noffer_minutes = 10\nmisses_max = 3\naccessories = ["power supply", "mouse", "cable lock"]\nterms = { ar = "أتسلّم هذا الحاسوب المحمول على سبيل الإعارة وأعيده إلى مكتب الخدمة في الموعد المبيّن. لن أترك فيه أي ملفات؛ فهو يُمحى عند إعادته.", zh = "我借用这台笔记本电脑，并在所示时间之前交还服务台。我不会在其中留下文件；交还时数据将被清除。", en = "I borrow this laptop and bring it back to the Service Desk by the time shown. I leave no files on it: it is wiped on return.", fr = "J''emprunte cet ordinateur portable et le rends au Service Desk avant l''heure indiquée. Je n''y laisse aucun fichier : il est effacé au retour.", ru = "Я беру этот ноутбук во временное пользование и возвращаю его в службу поддержки к указанному времени. Я не оставляю на нём файлов: при возврате данные стираются.", es = "Tomo prestado este ordenador portátil y lo devuelvo al Service Desk antes de la hora indicada. No dejo archivos en él: se borra al devolverlo." }\n[cards]\ntier_min = 0                       # 0: the card''s UID alone is enough\n[printing]\nlayout = "a6"\nwifi_on_back = true\nnative_name = true\nnewcomer_mark = false\n[privacy]\ncontroller = "Secretariat of the meeting"\nerase_days = 30                    # after the last day\n[contacts.registration]\nmail = "registration@example.org"\nphone = "+41 22 555 01 00"\nplace = { ar = "مدخل مبنى مونبريان", zh = "Montbrillant办公楼入口处", en = "Entrance of the Montbrillant building", fr = "Entrée du bâtiment Montbrillant", ru = "Вход в здание «Монбрийан»", es = "Entrada del edificio Montbrillant" }\n[contacts.service_desk]\nmail = "servicedesk@itu.int"\nphone = ""\nplace = { ar = "مكتب الخدمة، الطابق الأرضي من مبنى مونبريان", zh = "Montbrillant办公楼底层服务台", en = "Service Desk, ground floor of Montbrillant", fr = "Service Desk, rez-de-chaussée du bâtiment Montbrillant", ru = "Служба поддержки, первый этаж здания «Монбрийан»", es = "Service Desk, planta baja del edificio Montbrillant" }\n[categories]\nmember_state = { ar = "دولة عضو", zh = "成员国", en = "Member State", fr = "État Membre", ru = "Государство-Член", es = "Estado Miembro" }\nsector_member = { ar = "عضو قطاع", zh = "部门成员", en = "Sector Member", fr = "Membre de Secteur", ru = "Член Сектора", es = "Miembro de Sector" }\nassociate = { ar = "منتسب", zh = "部门准成员", en = "Associate", fr = "Associé", ru = "Ассоциированный член", es = "Asociado" }\nacademia = { ar = "هيئة أكاديمية", zh = "学术成员", en = "Academia", fr = "Établissement universitaire", ru = "Академическая организация", es = "Institución académica" }\nsme_pilot = { ar = "مؤسسة صغيرة أو متوسطة (تجريبي)", zh = "中小企业（试行）", en = "SME (pilot)", fr = "PME (projet pilote)", ru = "МСП (пилотный проект)", es = "PYME (proyecto piloto)" }\ninvited = { ar = "مدعو", zh = "受邀者", en = "Invited", fr = "Invité", ru = "Приглашённый участник", es = "Invitado" }\nsecretariat = { ar = "الأمانة", zh = "秘书处", en = "Secretariat", fr = "Secrétariat", ru = "Секретариат", es = "Secretaría" }\npress = { ar = "الصحافة", zh = "新闻媒体", en = "Press", fr = "Presse", ru = "Пресса", es = "Prensa" }\n[[delegations]]\ncode = "ARE"\ncategory = "member_state"\ndeveloping = true\nnames = { ar = "الإمارات العربية المتحدة", zh = "阿拉伯联合酋长国", en = "United Arab Emirates", fr = "Émirats arabes unis", ru = "Объединенные Арабские Эмираты", es = "Emiratos Árabes Unidos" }\n[[delegations]]\ncode = "ARG"\ncategory = "member_state"\ndeveloping = true\nnames = { ar = "الأرجنتين", zh = "阿根廷", en = "Argentina", fr = "Argentine", ru = "Аргентина", es = "Argentina" }\n[[delegations]]\ncode = "AUS"\ncategory = "member_state"\nnames = { ar = "أستراليا", zh = "澳大利亚", en = "Australia", fr = "Australie", ru = "Австралия", es = "Australia" }\n[[delegations]]\ncode = "FRA"\ncategory = "member_state"\nnames = { ar = "فرنسا", zh = "法国", en = "France", fr = "France", ru = "Франция", es = "Francia" }\n','\n',char(10)));
INSERT INTO setting VALUES('identity.registry_url','http://127.0.0.1:18317');
INSERT INTO setting VALUES('log_epoch','01a214f4-f1ab-70ec-9ade-519382e7a8a4');
INSERT INTO setting VALUES('projection.kinds','51');
INSERT INTO setting VALUES('projection.total','44cf761c8399f7973ec7a5efae983c49');
INSERT INTO setting VALUES('sync.registry_id','01a214f4-f1ac-7c19-badc-76e12845e5ed');
CREATE TABLE journal (
            device TEXT NOT NULL,
            epoch INTEGER NOT NULL,
            counter INTEGER NOT NULL,
            seq INTEGER,
            id TEXT NOT NULL,
            kind TEXT NOT NULL,
            verdict TEXT,
            conflict TEXT,
            reason TEXT,
            bytes TEXT NOT NULL,
            previous BLOB NOT NULL,
            hash BLOB NOT NULL,
            log_hash BLOB,
            delegate TEXT, sum BLOB,
            PRIMARY KEY (device, epoch, counter)
        ) STRICT, WITHOUT ROWID;
INSERT INTO journal VALUES('K1',1,1,1,'015e4b94-da43-7787-be8d-5b3542498c78','laptop.added','accepted',NULL,'','{"actor":"staff","at":1504506600003,"counter":1,"data":{"home":"K1","laptop":"LT-9"},"device":"K1","epoch":1,"id":"015e4b94-da43-7787-be8d-5b3542498c78","kind":"laptop.added","mono":2022764,"v":1}',X'0000000000000000000000000000000000000000000000000000000000000000',X'c3f017c80461c7899b3fcc32a0e6165d93b72ce9e5c84646d18026842900a942',X'b00e34f2235013efcf7132a773b3d68c5c4c44ed6495d8965d6c84a1a3564ce3',NULL,X'be48b57a4e73759b61e3c9678487a4d6');
INSERT INTO journal VALUES('K1',1,2,NULL,'015e4b94-da46-7149-b6e4-98786fbd599f','laptop.added',NULL,NULL,NULL,'{"actor":"staff","at":1504506600006,"counter":2,"data":{"home":"K1","laptop":"LT-10"},"device":"K1","epoch":1,"id":"015e4b94-da46-7149-b6e4-98786fbd599f","kind":"laptop.added","mono":2022856,"v":1}',X'c3f017c80461c7899b3fcc32a0e6165d93b72ce9e5c84646d18026842900a942',X'8c14ad35dbafc24a4814f7153f05e5e242e68f8b10c1aa21f8639a0cefb48ded',NULL,NULL,NULL);
CREATE TABLE entity (
            kind TEXT NOT NULL,
            key TEXT NOT NULL,
            value TEXT NOT NULL, sum BLOB,
            PRIMARY KEY (kind, key)
        ) STRICT, WITHOUT ROWID;
INSERT INTO entity VALUES('laptop','LT-9','{"accessories":[],"borrower":"","due":"","home":"K1","lost":false,"repair":false}',X'44cf761c8399f7973ec7a5efae983c49');
CREATE TABLE record (
            delegate TEXT PRIMARY KEY,
            key BLOB NOT NULL,
            sealed BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;
CREATE TABLE print_job (
            key TEXT NOT NULL UNIQUE,
            badge TEXT NOT NULL,
            delegate TEXT NOT NULL,
            state TEXT NOT NULL,
            ipp_job INTEGER NOT NULL,
            printer_uuid TEXT NOT NULL,
            printer_up_time_s INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            detail TEXT NOT NULL
        ) STRICT;
CREATE TABLE unlock_intent (
            id TEXT NOT NULL UNIQUE,
            bank TEXT NOT NULL,
            door INTEGER NOT NULL,
            badge TEXT NOT NULL,
            by_staff INTEGER NOT NULL,
            not_after INTEGER NOT NULL,
            fires_before INTEGER NOT NULL,
            state TEXT NOT NULL,
            outcome TEXT NOT NULL
        ) STRICT;
CREATE TABLE own_record (
            delegate TEXT PRIMARY KEY,
            counter INTEGER NOT NULL,
            key BLOB NOT NULL,
            sealed BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;
CREATE TABLE proposal (
            fact TEXT PRIMARY KEY,
            delegate TEXT NOT NULL,
            key BLOB NOT NULL,
            sealed BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;
CREATE TABLE salvaged (
            counter INTEGER PRIMARY KEY,
            bytes TEXT NOT NULL,
            delegate TEXT
        ) STRICT;
CREATE UNIQUE INDEX journal_seq ON journal (seq) WHERE seq IS NOT NULL;
CREATE INDEX unlock_intent_open ON unlock_intent (outcome) WHERE outcome = '';
PRAGMA user_version = 3;
COMMIT;
