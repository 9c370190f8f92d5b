BEGIN TRANSACTION;
CREATE TABLE absence (
	seq INTEGER NOT NULL, 
	work TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT absence_key UNIQUE (work)
);
INSERT INTO "absence" VALUES(1,'текст-1','текст-1','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "absence" VALUES(2,'текст-2','текст-2','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0005');
CREATE TABLE allocation (
	seq INTEGER NOT NULL, 
	allocation TEXT NOT NULL, 
	seed INTEGER NOT NULL, 
	objective INTEGER NOT NULL, 
	certificate TEXT NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT allocation_key UNIQUE (allocation)
);
INSERT INTO "allocation" VALUES(1,'текст-1',1,1,'текст-1','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "allocation" VALUES(2,'текст-2',2,2,'текст-2','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
CREATE TABLE appeal (
	seq INTEGER NOT NULL, 
	appeal TEXT NOT NULL, 
	work TEXT NOT NULL, 
	ground TEXT NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT appeal_key UNIQUE (appeal)
);
INSERT INTO "appeal" VALUES(1,'текст-1','текст-1','текст-1','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "appeal" VALUES(2,'текст-2','текст-2','текст-2','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
CREATE TABLE appeal_decision (
	seq INTEGER NOT NULL, 
	appeal TEXT NOT NULL, 
	outcome TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT outcome_known CHECK (outcome IN ('rejected', 'technical', 'marking')), 
	CONSTRAINT appeal_decision_key UNIQUE (appeal)
);
INSERT INTO "appeal_decision" VALUES(1,'текст-1','rejected','текст-1','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "appeal_decision" VALUES(2,'текст-2','rejected','текст-2','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
CREATE TABLE assignment (
	seq INTEGER NOT NULL, 
	work TEXT NOT NULL, 
	marking INTEGER NOT NULL, 
	expert TEXT NOT NULL, 
	allocation TEXT NOT NULL, 
	criteria TEXT NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT one_marking_per_expert UNIQUE (work, expert), 
	CONSTRAINT assignment_key UNIQUE (work, marking)
);
INSERT INTO "assignment" VALUES(1,'текст-1',1,'текст-1','текст-1','текст-1','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "assignment" VALUES(2,'текст-2',2,'текст-2','текст-2','текст-2','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "assignment" VALUES(3,'W1',1,'E1','A1','','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "assignment" VALUES(4,'W1',10,'E3','A1','["1"]','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "assignment" VALUES(5,'W2',1,'E1','A1','','станция 2','Орлова','2026-04-14T10:00:00.000+00:00');
CREATE TABLE attendance (
	seq INTEGER NOT NULL, 
	expert TEXT NOT NULL, 
	revision INTEGER NOT NULL, 
	present INTEGER NOT NULL, 
	why TEXT NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT attendance_key UNIQUE (expert, revision)
);
INSERT INTO "attendance" VALUES(1,'текст-1',1,1,'текст-1','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "attendance" VALUES(2,'текст-2',2,2,'текст-2','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
CREATE TABLE batch (
	seq INTEGER NOT NULL, 
	batch TEXT NOT NULL, 
	purpose TEXT NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT purpose_known CHECK (purpose IN ('works', 'sheets')), 
	CONSTRAINT batch_key UNIQUE (batch)
);
INSERT INTO "batch" VALUES(1,'текст-1','works','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "batch" VALUES(2,'текст-2','works','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
CREATE TABLE batch_closed (
	seq INTEGER NOT NULL, 
	batch TEXT NOT NULL, 
	declared INTEGER NOT NULL, 
	counted INTEGER NOT NULL, 
	manifest TEXT NOT NULL, 
	why TEXT NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT closed_some CHECK (declared >= 0 AND counted >= 0), 
	CONSTRAINT batch_closed_key UNIQUE (batch)
);
INSERT INTO "batch_closed" VALUES(1,'текст-1',1,1,'текст-1','текст-1','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "batch_closed" VALUES(2,'текст-2',2,2,'текст-2','текст-2','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
CREATE TABLE cell_reading (
	seq INTEGER NOT NULL, 
	page TEXT NOT NULL, 
	work TEXT NOT NULL, 
	marking INTEGER NOT NULL, 
	criterion TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	points INTEGER, 
	candidates TEXT NOT NULL, 
	rule TEXT NOT NULL, 
	measures TEXT NOT NULL, 
	crop TEXT NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT kind_known CHECK (kind IN ('points', 'not_attempted', 'blank', 'ambiguous', 'damaged')), 
	CONSTRAINT cell_reading_key UNIQUE (page, work, marking, criterion)
);
INSERT INTO "cell_reading" VALUES(1,'текст-1','текст-1',1,'текст-1','points',1,'текст-1','текст-1','текст-1','текст-1','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "cell_reading" VALUES(2,'текст-2','текст-2',2,'текст-2','points',2,'текст-2','текст-2','текст-2','текст-2','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
CREATE TABLE chain (
	station TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	fact TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	row_hash TEXT NOT NULL, 
	hash TEXT NOT NULL, 
	PRIMARY KEY (station, position)
);
INSERT INTO "chain" VALUES('станция 1',1,'procedure_version','[1]','5170ef2236e5e71e25df7c8a79d580f71c4239f852ef693cbe0d473901d1ae54','6e9ef6eae27f2f8934425bd5e1dfe40ba0ed928243bb2746f37c1ab78675f8b5');
INSERT INTO "chain" VALUES('станция 1',2,'procedure_file','[1, "текст-1"]','07828c5ad229f26ea9b87fd603d2d6a77736bcc96694af4d6ae4ea64749333a0','7814bbda55c95e469ab674d51ca55748b44906dfa1073c7267a5003996119257');
INSERT INTO "chain" VALUES('станция 1',3,'school','["текст-1"]','03d9bf0d5be1c38f15e47f1c537f6cf6ac3eeac28ac0cc268fe4231238984b52','994736483548f54efcf60c57436cf30a010ee3de1913b6a2a86c2416921f0d3b');
INSERT INTO "chain" VALUES('станция 1',4,'class_set','["текст-1"]','44d8e3565c492d162cb9a165f9aaa4a6a278f80b4e403fd5c906ffa0fdd687b1','f5d1f098e4f4d10f64d7039a32bca3903ad5d579a815dff8c6f01740a8b44580');
INSERT INTO "chain" VALUES('станция 1',5,'expert','["текст-1", 1]','45612ed1b32020dc219c83dc7b9f2d2195ff9c847b01911f26dc329c712c665f','cd106e516a1a08af1ce5551d3d3b04acf2a294f4d1a9d3720cc9fa17a076668a');
INSERT INTO "chain" VALUES('станция 1',6,'expert_identity','["текст-1", "E2", 1]','0532dcbcca48f115684b6a173671d9e70bd61abc84d28dc0dfbd29c14bdf29e4','e95563e00a61a1f8805279eb5f7555b68b076a2d0f1c428d9d5aaf3c637e84bb');
INSERT INTO "chain" VALUES('станция 1',7,'work','["текст-1"]','8e2e7d90352aa1b2bbbd2cdf767013317a055ff707908b0d02dcf774b4d9d9e7','4feacf91423d9dbacfcabfc246c08a9b209430f296621240f9ce110a0b71010b');
INSERT INTO "chain" VALUES('станция 1',8,'absence','["текст-1"]','50ebc80ff623d7a5b79772a28bcb95073e5227936ece79365f9743a650520026','fe53a05bb2191d842eaa802c5d08d24f1d88c5f67388128511a656af0e175a8d');
INSERT INTO "chain" VALUES('станция 1',9,'issued_form','[1]','7363605eda8eb45f7c8925a95f15f6d582e88d65e1ac70ec2a8d29a453c8731b','ad5cd91ae1483df2140f1bcb2a4005454af0955ffbeccbba20976b8d2d63e4b8');
INSERT INTO "chain" VALUES('станция 1',10,'manifest_page','["текст-1", 1]','1e5b41089dbb2a4214333216f3b5b1631c2dae0e8cab23b8c0bad1a07831acef','222c5c9f20bd957cdb6fc6aa2fbe2b084d56094911f58ecb9d7cd4aa12719409');
INSERT INTO "chain" VALUES('станция 1',11,'participant_key','["текст-1"]','aa31d8b0d30ed7c142c7f3bd5571bb012d7021dce7911ef2ae491cbcebd044dd','3ddaa67d6be38766ac4f194c3814c7b81ec3bf9a37c03ee3ddeb9f1170e0e020');
INSERT INTO "chain" VALUES('станция 1',12,'cover','[1]','5be09e3e17473f67a408aeec5dad3b82821e8b4684914ed8053d8aeed86c4b70','0a5799e1396446d2810b63d1629ea0be493ec8f94f3d2abaeb892d20cfe8e872');
INSERT INTO "chain" VALUES('станция 1',13,'sealed_record','["текст-1"]','6136f5366ed2e627e518495445137e6aade6ce0c347d7d71fdeccc669427ad03','f9e3bb0434c8a1035be605003c97bd02309c1e77e70ccc5b53918888dfcc40cc');
INSERT INTO "chain" VALUES('станция 1',14,'opening','["текст-1"]','7cf4550c8c1f306b23e978e5914ae1b572faa71d9b5a32882f5c8c5b74782816','8a4392f68963ad4c95cf689e81bed2bf8a7c3b2bf759d9fb2e26b444a2a407d1');
INSERT INTO "chain" VALUES('станция 1',15,'batch','["текст-1"]','3f2f67ad13971950439cf296da093675b08e4b149ad232c24dee27c2557e69ba','955584d985a95e60a0982b8fe27dcb18363cad5f2a5997728b5aa9c1470df250');
INSERT INTO "chain" VALUES('станция 1',16,'batch_closed','["текст-1"]','944801884af2d6940b9dfb39fd5651e94747bd3b0888feee8c1341ec1d8d801c','eed5bdfc7f91a379c47f0288c561a45b58ca8d016204078e2691c863873b9e52');
INSERT INTO "chain" VALUES('станция 1',17,'scan_file','["текст-1"]','05c248d88f10d2b6c6fca9ae65853496419e14413fe0f9b414eca2c8c39ff671','c8f7332702273255e98bff6375298dbfeb7451028052e82ad68b5b5918d56e1c');
INSERT INTO "chain" VALUES('станция 1',18,'scan_page','["текст-1"]','b8ad58d5460d31ccd685bc9aba324b93ae6316a93faf04d7bfd35c8d42527a32','48e74dfe498688b1a0e9875053026931a10a3534cc190f278ac1b1215cb322c1');
INSERT INTO "chain" VALUES('станция 1',19,'page_reading','["текст-1"]','d226437cfb2765d906016466151679fa761c3b26eeeebd9183117867d6d12e9a','c56a8b33c6ae591ca98538e31519fef86c8c3bcee22851fd5382dda47a79b3ea');
INSERT INTO "chain" VALUES('станция 1',20,'finding','["текст-1"]','dc1d71f14579c5114df38ccb0ed27394b68e52cfcaa3d4a61b15ba5de1fb6712','6096c78e69b502a269bc6d175eac7d0c71c247d44719a98bc1139586d9f5d6f2');
INSERT INTO "chain" VALUES('станция 1',21,'finding_closed','["текст-1"]','2d4dcf7f384acc3d29dad1f04f143ead3d7a808326cb19aaab1ed53c910304d3','d5ceec8e1fe4bd4011fa4f9cd1ccff2f2fda48bd7c3edb78c650b1328fc68638');
INSERT INTO "chain" VALUES('станция 1',22,'page_decision','["текст-1", 1]','52d15e073bbf53447432b30eabddaaed036c10ba0f13555fa48cf9eeaed47d19','e1b10a5e0f8cca7e44c46ba5e0157159b84768957297122675923f1c4e0495b3');
INSERT INTO "chain" VALUES('станция 1',23,'kept_over','["текст-1", 1, "текст-1"]','3b0ddf77545fabf66517a6e0c2eeb4ea9c8ef4ad557b137a265bdd1239d9401a','bf541af6ce9c68870f6d75d22228777203b82096b00abcfd3b378f553e00c813');
INSERT INTO "chain" VALUES('станция 1',24,'keyed_code','["текст-1", 1]','68b8640c37db5ea1d31fa1ab3ac345993886a44ceb021a5b35f2e72fea541e2f','1ef77c96d939fd4000fef7fcb86764101d0f8808ad47a98de7579ad25f798232');
INSERT INTO "chain" VALUES('станция 1',25,'page_fate','["текст-1", 1]','9d9f0871eee5d181c789bc271ed1d96eef5db459a8670ee14400b76b9e218a9b','ccf73e759ea6d6d118efe2cfc7507657c1ed626d32394e46c3648c9c44f50484');
INSERT INTO "chain" VALUES('станция 1',26,'missing_page','["текст-1", 1, 1]','5ab46d67d2c75165e8a079b7956fbb522666cf662ec3cfc23455f989d73432fd','01a7edcc4239b9abdbab67d4dceecc85f0ba79d0fa7464d933df26db24658f2a');
INSERT INTO "chain" VALUES('станция 1',27,'working_key_destroyed','["текст-1"]','755a301c82ab11f5fff3287fe0162cf02700352ac6c82f4dabf4f98fd47357bd','b916e137bc93dcc30f1613df224aecbee1aa05e51ab16f7b150884e3c2bad37b');
INSERT INTO "chain" VALUES('станция 1',28,'number','["текст-1", 1]','fdf4dc7d23598f652bc988782521bd7d2c8845aadee01d4d8f21ef2bac27b912','58eda8817aa056ada44495d35c67e3d11eb6a3ce88253a3a25f107b765db6163');
INSERT INTO "chain" VALUES('станция 1',29,'numbered_pages','["текст-1"]','bf0b96008adcb856742169b83af6dea6c3e3be0d9bb647d4846242e2dd08fef3','974ec99854c89fe67d92fb9e5cb8be358f807a838a178cd26ca43ef20d9e01f4');
INSERT INTO "chain" VALUES('станция 1',30,'allocation','["текст-1"]','01408cc8fcceb36970004b8df298b14dd5eb3d98e4b8495a58dfdb163f58e2ca','6a0dbbca45c0e677c4c63a6177fa12f7729f42006f4fb8ad84e0233151b592ff');
INSERT INTO "chain" VALUES('станция 1',31,'assignment','["текст-1", 1]','a26706a19667cbfe8c55e9a2c36a7f03dbd9e2bcdcb0ffd7b13187e0be8d71b0','804abddedc12fbaa1645c38de17368c2b70fc52005b2b5b4082f8a9515770220');
INSERT INTO "chain" VALUES('станция 1',32,'reassignment','["текст-1", 1, 1]','e885747b55db2411d1f9f2fae20b25b96e6eb5f1fbde86f0876ddbb08202f132','28ac7ee1718f63b049c83754bee596cfdca1e824211cb9c5c6e0d7db6815cc7d');
INSERT INTO "chain" VALUES('станция 1',33,'attendance','["текст-1", 1]','7dfc9c26fea332451cb783a88470ded8313d5ecbf356bb073285ddeed6afad13','b02d966ff178dfff3122aa61b8360f43b9531c3b09d392525466fc1e9652dd94');
INSERT INTO "chain" VALUES('станция 1',34,'packet','[1]','0fa1ab4afb685083a266382e3ff40f645e231f364a062dcc9b0ad36b08c1f37b','7fed27b8df8a97941e1c12ed70d54a793fce10ef44aeaffe05fafecd75076cad');
INSERT INTO "chain" VALUES('станция 1',35,'packet_row','[1, 1]','2fea3fadd07a92dabb6458d13b254f43d5a101add10b03320eb2857d7f0d4d3a','0e3b40971c25ca6a3eec0e83421fae4fbb52e11078ab4b5ef18423e7ed7e49b0');
INSERT INTO "chain" VALUES('станция 1',36,'packet_print','[1, 1]','80bd389dbb92e57ce04240ccf6361061ece48db5be02c641512f9c1964a46a5d','e316801ec383a888eed06fe1f0d9a875cedb7111280db02b0c38e63bd6752e5a');
INSERT INTO "chain" VALUES('станция 1',37,'custody_move','["текст-1"]','2dd638b9f13b7c001187ad4e39afa122f82ef052dda8601560721ced6db7cdfb','cc6b01c06acab2fdc41584a6f443b7b7fdb64b997e93c02badd4200367ef321a');
INSERT INTO "chain" VALUES('станция 1',38,'point_closed','["текст-1", 1]','1ce7c156c5e5a4feadaaaefee0f119dfbf46a17c55c61e4fdc534322caf24daa','b5e75ee464f36520214622c6c50092670fff7a92416eb5a03ceb83447a8db0d7');
INSERT INTO "chain" VALUES('станция 1',39,'sheet','[1, 1, 1]','1121f94fbb2be16302638919613e49565d484b796cd1e90ce4d73ceb78f41a6c','ba83a6a974f9f6283164e2ba8dea7448adb614fbe33ed5d76ec6574c8d697fc4');
INSERT INTO "chain" VALUES('станция 1',40,'sheet_reading','["текст-1"]','689c291936f6b6cfdf3b1f7b1c20946961396dc5711d65bccfc7f834a81ed0a8','4332df26bb260cc30fd3f9aace04e33aff36612a607c8f35c8701c96d2ba85ba');
INSERT INTO "chain" VALUES('станция 1',41,'cell_reading','["текст-1", "текст-1", 1, "текст-1"]','2be12b05cdb1f5c10a653dd3da6f45f8a3a59f1abeabc4a86f86d534293ea825','5ed63977f5a7cc27efc124817dfa78fa7844bccd6a6bcb03a8b3d5643393066b');
INSERT INTO "chain" VALUES('станция 1',42,'score','["текст-1", 1, "текст-1", 1]','b4ed3d8c02f20764e708bf48b2a3d4cea5763a956543c47f992427ecbd98c53f','32cd3683fc2b30d6642bd78d7b8a02b714619a25aa3fc5698a67083fe83e8715');
INSERT INTO "chain" VALUES('станция 1',43,'third_call','["текст-1", "текст-1"]','8daba821c1d5e769e5f1153db615d1206cc29748b0911787a5b5697a4624c40d','766388aaa7f50e85014eb4be0f20b99febee6a0c8ea0ef5a79ad0a19868cf2bf');
INSERT INTO "chain" VALUES('станция 1',44,'report','["текст-1", "текст-1"]','a8a33168e4596c98b4c2a8df7d1a3d459c2b80c277b7fce7665a5b9f8245500b','0d00f01063c2826659a293c0818ca1e5bae65b7183166a7e5ad07159d3f23d1c');
INSERT INTO "chain" VALUES('станция 1',45,'release','["текст-1"]','732d9fce873cdff726de76026c634b2a9a1e1071cb9d7cba7e8aa8b6c62cc3ed','196d1fa458c7ba3c0a0f855592098c98e35a0f69a94585fa6eeb7734da0c748e');
INSERT INTO "chain" VALUES('станция 1',46,'appeal','["текст-1"]','8c77f420ff1474cf7b9fedcbad1cdbe0517e6baf20926659238e6f15313a8114','b56318f727f4362f27932740a4bbc54a121d1c4544b662fb6828ab3351492b45');
INSERT INTO "chain" VALUES('станция 1',47,'appeal_decision','["текст-1"]','a09adc71163c4ecc8aa5032aedd14b6a8534bd5a2804b23df76b9b42a47bb4b8','8899d971828fc2feaa07cb6df09ab763d6c89e6198b67eb01fc00617a0103a9b');
INSERT INTO "chain" VALUES('станция 1',48,'override','["текст-1", 1]','341d6c0419278ec800e4049cf8692eaf3cc66f19ac66ab48f2e0ed01b41d596e','f3fe61a7923da8a983e1f3ec953c77d2753cc6f29af99cff26b6a7f4a1b718fc');
INSERT INTO "chain" VALUES('станция 1',49,'procedure_version','[2]','59452f6ed4694daa33ece41af37d7c72f9dcf246520b1a5b1d616a37b3a6538e','ee7dac6b8f5c5615b9c78c3048ac553a724470b8a0dee05bd73463cf899d2524');
INSERT INTO "chain" VALUES('станция 1',50,'procedure_file','[2, "текст-2"]','401fe64c9c2b4773d0f7e44f96d186ed3e554005689176a398842cd8326d7b1d','50b2d69f600dadf5f514138584e993759dcdb9daeff357c55757868ef6a10b19');
INSERT INTO "chain" VALUES('станция 1',51,'school','["текст-2"]','1756177b352ab2c45a9ff3892a9a8dac313a6bef0023e2b71258516a00b8f9ee','793ede9ae9b989f60e8c99c7d1338fd22eec35319d8de3527e990c9e18ef3ccd');
INSERT INTO "chain" VALUES('станция 1',52,'class_set','["текст-2"]','39f4e7c103eb41ab580f9702b3388aa732a1801202cde10711536a269a4868fd','7ad48d72c16a49cb9c1159d4370dc4497a2543e79614bfbd99f129af4e615818');
INSERT INTO "chain" VALUES('станция 1',53,'expert','["текст-2", 2]','37ef45142ff701adf3e1cd56ab97582e9f2bb591e984629024d2e45d50e5ea25','254105e323b5d9f54116fe4c06c879a90f49fde77e0de4f3ab429554e8971122');
INSERT INTO "chain" VALUES('станция 1',54,'expert_identity','["текст-2", "E2", 2]','7ecfed4dba333768430ff8e8730d3e4c36e2ab698556f43bdbf623c9a1c6d17f','73c0a41e0f9719e6e1e91a4949b85ac46b2f236ad349e6af358e990389efbee9');
INSERT INTO "chain" VALUES('станция 1',55,'work','["текст-2"]','3e6d8ee36a52ce63440b2f6571ccf780c9b29e8fb723967d50348fc8a2ef4407','6a4384508a73c350a73a3a1b8dedef38bfe6a328646beb02c417aa7b9ceab103');
INSERT INTO "chain" VALUES('станция 1',56,'absence','["текст-2"]','05c17523794691dd5ecc26bc1282f0fead957ccab872e439f47df8c97a61b33b','5a0a4dd77d939998c87b347d89d8f249927642aa13129aed683de0dd5443b3c0');
INSERT INTO "chain" VALUES('станция 1',57,'issued_form','[2]','685f1c86f2c0880621dd8317f055dd75595ac6671de954d9f5550145fdcac6da','1329cb848100ceb09f8eea2c82c9b979f6509aa982e405df825fcca92171e1d4');
INSERT INTO "chain" VALUES('станция 1',58,'manifest_page','["текст-2", 2]','3dff0f8577e346bfcdbc292e1e9198dc81a657b3006a866b65eaf83d71567a11','20d5dd0543fa83f07059d04fa0b3ab717710f30f21720c178544036f5e35c43f');
INSERT INTO "chain" VALUES('станция 1',59,'participant_key','["текст-2"]','c6f50780f1d445594d8fee32092f6f34c97246c51262bbc26d5adaedbb2e181c','f96e7098ef98c2c04408fab2244821e4665788eaadbd7c25e67ce25d06c1bd5e');
INSERT INTO "chain" VALUES('станция 1',60,'cover','[2]','3f1a5f4e358658e9df89d59e992e690d1e8d01692b83b8a8bfcfbcae013ad353','033987f180eaf7653bad89c8cb0b284ccb9ea67517d23719c8c7925a67e35e5b');
INSERT INTO "chain" VALUES('станция 1',61,'sealed_record','["текст-2"]','03a48a9f41a996cb3c5c86d48a58cdd4eb6a47344d3a5c34800da5833d4c50d0','0398bcf3ed7cc9b8b3fda4e028c56f255c06c334fd1720224d0e18f5882e8edc');
INSERT INTO "chain" VALUES('станция 1',62,'opening','["текст-2"]','6b06c905eb301dc7153f038a22dcb90efb99c12204abfa15e202c44a578d8bea','092737d73dc0c0130f1af1fc9fb78593a33354bb662f96685b78e423cc29719d');
INSERT INTO "chain" VALUES('станция 1',63,'batch','["текст-2"]','c532f6c51050db04f448f988dac1b04bb754e075c4b6a1cb55f5f59af495ca14','934e290a841ff9941cc9e1433ffc7040ae6d273bb9eae929eec67dbb622834d1');
INSERT INTO "chain" VALUES('станция 1',64,'batch_closed','["текст-2"]','0dde2e9cac3ef947885e84cb0e57579ae3fa4f05ab28baf3c69f5701aa8425de','aab920bbb8ee29367919a34c92a802b61880b38131aa668640a8338b949c1f22');
INSERT INTO "chain" VALUES('станция 1',65,'scan_file','["текст-2"]','0573ac9b51ab8e6041430570155a2dd881ba2a37d24cde54b5cfae05f03780cf','3daba95cbcf14dfc76496f364c949e812e85ec7c9e7a6d4d364f9e6866981135');
INSERT INTO "chain" VALUES('станция 1',66,'scan_page','["текст-2"]','8c0e0eeb30d4f14a27dfd4fa0173da79a75802a7e0adb22e94dc2eda3a2cdec9','a7854cf02bad4b0110e93da0385e64d78fa25d2a4682988bdd8fa1eccc6c8a01');
INSERT INTO "chain" VALUES('станция 1',67,'page_reading','["текст-2"]','fecc31c20a7f796878f3f5a028eccc5d93f18f3400cd2b928c03c52936e4e661','ebeec6f0bf7e920ef5e90f18c65cbcf5d89057a9306f94a96401e9de950524eb');
INSERT INTO "chain" VALUES('станция 1',68,'finding','["текст-2"]','3f9782f3a0d4767c2b2a6774359115624a116848cda43491fc5a196f0995cf3e','73161b6f970e498aa8ccc1a229c7aee86478661434e6c63a93449e94c8ebf251');
INSERT INTO "chain" VALUES('станция 1',69,'finding_closed','["текст-2"]','cb941afc04d6d9b540c3ab8a8bf03d0042126d58f67d2a997c76b67b23289bef','3239f322f36d2efe8161ead4eb41ff8cb4a39a271d4d2fc750cfcabcf2f7575a');
INSERT INTO "chain" VALUES('станция 1',70,'page_decision','["текст-2", 2]','bd5f8e47ae0ebb07c1c68827b89d0dd86a9f81c927a7209d806b456e9350c896','23deb4064cc1e3aa2a6a1a2c0c78d548d2bce754ccb5b6ee57d662c96606d201');
INSERT INTO "chain" VALUES('станция 1',71,'kept_over','["текст-2", 2, "текст-2"]','7afae9a0285900f174cd2b6a4881e8f03d3706aa12e53c7eef7a7fb2f8e6ffc4','db0bab9aaa82057831b5caf7d83efd03dca87adf47955dab5343f07c122b498a');
INSERT INTO "chain" VALUES('станция 1',72,'keyed_code','["текст-2", 2]','d71a4a27d232cf94ea3ce9470b72843183e91d348b873089fa9bf6693740b37f','93fc78c99e0e70bd43bd73e6c0c2782c86f10d4ae2395e6942537c343b04f400');
INSERT INTO "chain" VALUES('станция 1',73,'page_fate','["текст-2", 2]','a38262ff51134e29830b4f5430a7ba6d7e57397b00cd3eda50df9d72b89a5ac4','3d34b7baa0f85665ecb91cf79c9383425a3963d2e2f22b413944e3b2c2876f0c');
INSERT INTO "chain" VALUES('станция 1',74,'missing_page','["текст-2", 2, 2]','3b13c9a5818d919b0b9601c23443d71fb6c9e76cf1c0f8bd2a35c2e4bcb0367c','3e4063421cb9494bb903e57c45e563dbb60dc3300856b5e044e19d3cb220e36b');
INSERT INTO "chain" VALUES('станция 1',75,'working_key_destroyed','["текст-2"]','c2b0ab54ecf79c230a2bf46ed54d2fdfdbf1e9629c9771601900ee5e7141e8a9','f944abb079c2636df954335c90734db7fb57a2818141794e92674faa732dfb22');
INSERT INTO "chain" VALUES('станция 1',76,'number','["текст-2", 2]','80b6f5d6237714be405a4774f62f900ab1a32e90e5a8f90fcd48e019ad989cb8','39c2518defaf1bf10303575bfa972dd21d44d77524c8971729d5609c9cdf5a20');
INSERT INTO "chain" VALUES('станция 1',77,'numbered_pages','["текст-2"]','70b5cf56c547f5f5cd78d32fc973cefd49ab35af1dde8a84781e982c8127db5d','185faa06e00873f057b4d3e1b5c84befd43c865dd1b97f29a416058d6e72d5e1');
INSERT INTO "chain" VALUES('станция 1',78,'allocation','["текст-2"]','b0e836032c2d9366ea0af40c86f7359006604303c8674cf3116e23554a275929','b7fbd0767a01f5eb34b830f8080bc3b4fb381b3d97e911b4590c6032d39f07b9');
INSERT INTO "chain" VALUES('станция 1',79,'assignment','["текст-2", 2]','96dd88cf90e347af6cf92a1925e477b7a0fe77feba6e3c8cef07f52e57f64b8e','1820ec1599042efb95feb1d79638181743591d22daa0dd5a018cfc546eb3925a');
INSERT INTO "chain" VALUES('станция 1',80,'reassignment','["текст-2", 2, 2]','b24c2476f5104954463d92ca6e1e6318d1036634ad6f281f86e65ed9a71f1e54','0ea07f0ae1a619b06a56d18cef8514732a10c4925f0adc6c4ebe4d03d22cca74');
INSERT INTO "chain" VALUES('станция 1',81,'attendance','["текст-2", 2]','3b30631ce59269ae0eb2a6acca543884c0e752331a56b7138f577278f14ce0c0','afb72e3fcd70e4aeb3e565bd87ea8faaaec204f22962d511e973d6e829ba45e5');
INSERT INTO "chain" VALUES('станция 1',82,'packet','[2]','55e58121be9e07248ff0244921b20cf8a56cbab3bd0cfbbdb80f89242825baa5','8bd2744b7f716d89b715027514e1bab709719daf0d7121f991a60ab425cad31a');
INSERT INTO "chain" VALUES('станция 1',83,'packet_row','[2, 2]','0bc14db5f182d44963e222dca56014938f7afd84aa03c1a911189e7e46bcd90b','fab00e4157a6a969c35d06c0e79bbcecb206f04067e49860ae0e709b13035ae7');
INSERT INTO "chain" VALUES('станция 1',84,'packet_print','[2, 2]','2f8b81e34036efc9aea09c7c6ddc89aff090177ac3ff54fa3e96e13472021d56','8d883311ca3e790966aaa4130e4dec4fadd3c5be6e73a3a3f780d19dfd038659');
INSERT INTO "chain" VALUES('станция 1',85,'custody_move','["текст-2"]','b5cff6a2bb05dd1773327da69da54a60e836b1407e161784528924151688f20d','19220239148930eb096941b454b1733ea0e28856310def8c1cfc3949a92d05a6');
INSERT INTO "chain" VALUES('станция 1',86,'point_closed','["текст-2", 2]','7fd225920651a2136c2a13ffac4185ea1b76c88dd2c8a79f63835a00ae69b25f','bc37ed2af519bca8534c1ff946bc455fc9889591b491fc753cf36aad6a4f07d3');
INSERT INTO "chain" VALUES('станция 1',87,'sheet','[2, 2, 2]','a62b5626db9dc85a88c51c5f07bb24ddef4b06e052a50ee8640409cbe3ad4919','98f5042b9e55353f976f80e86d6d9f271cc6d808ee1cdcdfb023d2b90d37d6c4');
INSERT INTO "chain" VALUES('станция 1',88,'sheet_reading','["текст-2"]','a59e93ef92b3c9ab6dd9ea5183cecd53fbe870d383d95f48024d1217ebb2535f','cd083b8763618ba2ba63319bb0e5dc082f549913a69c194afcf4069c858d4b1e');
INSERT INTO "chain" VALUES('станция 1',89,'cell_reading','["текст-2", "текст-2", 2, "текст-2"]','5d573df03b9c94875800fcdc126a78f274f139049004437d18135a39cefef7a8','9af30b6b897b583af448306bc6968df4b6e8859c3befce2c52ad1a3e1eef5d1a');
INSERT INTO "chain" VALUES('станция 1',90,'score','["текст-2", 2, "текст-2", 2]','63dcc9121425213f0890845f966deb4b08791bcd634e72abb7eb5f5322b21001','81c6d66764cfc9d99b437ecfcaa99e1b1b1099c961f18f9d8bfc2780817b5b54');
INSERT INTO "chain" VALUES('станция 1',91,'third_call','["текст-2", "текст-2"]','61ac84ecf9d93ddbfe71ab6b588347fdfa4db029801edf29ecbbb128ef09a938','172961a3645fb1c432981eefd836f2045adf10c97a1420f656f4e13d09141934');
INSERT INTO "chain" VALUES('станция 1',92,'report','["текст-2", "текст-2"]','c757d6f729197e8ad43d82aa95e9577fa4228a47348809925cee84a9a616a033','9bb58185a997e7096d66ddbfae92240e72c3a6694e2ecd63e9e6f89b1cc5886a');
INSERT INTO "chain" VALUES('станция 1',93,'release','["текст-2"]','2df539589688cbd8becad75b84f21c3007ce7b1aea731d6ce3c7695edfe3fa18','815e735a8a06c6053db95125702d87c2c98b6aa4afabf4fcf8a00bf799a671b9');
INSERT INTO "chain" VALUES('станция 1',94,'appeal','["текст-2"]','cb3000d32af9cacf9f3164e9339620251b4ac953bd01e38440f30c05dbb5d2ac','92720586a868505adf6570d66d0be8aefb96b2c840bdb45d699fcb3adca4bc8b');
INSERT INTO "chain" VALUES('станция 1',95,'appeal_decision','["текст-2"]','c6413df59eee189629069c1826facd97ecef2f70a9a6a479767727578b291e20','d96791a2950e2cfa4bedf41413958bbcd6fc1f51ef635c74aaacd8ac1cfdb5f1');
INSERT INTO "chain" VALUES('станция 1',96,'override','["текст-2", 2]','780ee6377241a891bdce5e8152a031d7e9557c94a0f507ee194061cde24df1c6','576fb114e5fc3e2933090da80c8d140e0d4d8c6033a3d007cc65bc50e56c75d6');
INSERT INTO "chain" VALUES('станция 1',97,'number','["W1", 1]','f3b5b386e70b14fe4a76fc25ac690afddb891b0b11bf8cbbcb1eb6bb6c9e7250','ea61fc1298d46be813b6c11d0c1e300ae5ba2abb6151b101660b8ecf7e78d91b');
INSERT INTO "chain" VALUES('станция 1',98,'number','["W1", 2]','222343910775ee85aa09e9bff33d9f91a8784b7f882629cdd210c80a5476a5b4','a5c419147cd057818b45d437f83ab39f7f33e1c0502f23cb95d0f12ec47415f9');
INSERT INTO "chain" VALUES('станция 1',99,'assignment','["W1", 1]','365490bc782dda0693697c01079a1b18cc258d1367c0238afba789490ec9d5ba','1ed840694668b30eacc48a229a8e00687709f440e4f93f57a5d8945ac09c646b');
INSERT INTO "chain" VALUES('станция 1',100,'assignment','["W1", 10]','14b8188fecce92779eacc88f58ab29e384276d855141e2fc3b67a9e0641a1bc9','f21cbe5367765d5280e52d8565dd87893b31782ee093316b6590c0c2b09855a2');
INSERT INTO "chain" VALUES('станция 1',101,'reassignment','["W1", 1, 1]','29d28f1435ce3056d042f49c0742d30d69f627ff38d3b90f5dd3b7d9ce0dec86','8a1ddc71002d3015060a1ab2ab04dd1c95978e872498ab6b428e54e7721a1465');
INSERT INTO "chain" VALUES('станция 1',102,'packet','[7]','302aab94e317c949a558631758abd94683de2c9029e13b26c43974d9a641e28d','7bb3a483d238e4f577fc719d2a68825be63c3dad4d3eaaa0eec35b63b10a5e20');
INSERT INTO "chain" VALUES('станция 1',103,'packet_row','[7, 0]','4d0356829ee4422fbe674b58cc5b0cb00047aca0509beaa6a6c03ee6cb30042e','cf33fab9998aa6b75e38ed1ef207c477a331ace13117eb516157767d714a17d8');
INSERT INTO "chain" VALUES('станция 2',1,'number','["W2", 1]','2c16f8ec7d0ed20f73dedab59cf6d729487e2035f636853918fa1dd8a2328884','9db64e02d02fea172faa44a833ca0834677d98382ae55ff1f4b58febb78c156d');
INSERT INTO "chain" VALUES('станция 2',2,'assignment','["W2", 1]','6148204bc8305c68aec1d9efa384803f867f2b690b09a24d49fc9e0521b18434','c3a9bcc50cbcf0f613797ae522fed9eea5074ab69ddc65238e0de9b32920dc24');
CREATE TABLE checkpoint (
	station TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	root TEXT NOT NULL, 
	PRIMARY KEY (station, position)
);
CREATE TABLE class_set (
	seq INTEGER NOT NULL, 
	token TEXT NOT NULL, 
	declared INTEGER NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT declared_some CHECK (declared >= 0), 
	CONSTRAINT class_set_key UNIQUE (token)
);
INSERT INTO "class_set" VALUES(1,'текст-1',1,'станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "class_set" VALUES(2,'текст-2',2,'станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
CREATE TABLE cover (
	seq INTEGER NOT NULL, 
	cover INTEGER NOT NULL, 
	subject TEXT NOT NULL, 
	work TEXT NOT NULL, 
	works INTEGER NOT NULL, 
	pages INTEGER NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT cover_some CHECK (works >= 0 AND pages >= 0), 
	CONSTRAINT cover_key UNIQUE (cover)
);
INSERT INTO "cover" VALUES(1,1,'текст-1','текст-1',1,1,'станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "cover" VALUES(2,2,'текст-2','текст-2',2,2,'станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
CREATE TABLE custody_move (
	seq INTEGER NOT NULL, 
	move TEXT NOT NULL, 
	packet INTEGER NOT NULL, 
	direction TEXT NOT NULL, 
	point TEXT NOT NULL, 
	happened TEXT NOT NULL, 
	"by" TEXT NOT NULL, 
	why TEXT NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT direction_known CHECK (direction IN ('out', 'back', 'lost')), 
	CONSTRAINT custody_move_key UNIQUE (move)
);
INSERT INTO "custody_move" VALUES(1,'текст-1',1,'out','текст-1','текст-1','текст-1','текст-1','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "custody_move" VALUES(2,'текст-2',2,'out','текст-2','текст-2','текст-2','текст-2','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
CREATE TABLE expert (
	seq INTEGER NOT NULL, 
	expert TEXT NOT NULL, 
	revision INTEGER NOT NULL, 
	status TEXT NOT NULL, 
	capacity INTEGER NOT NULL, 
	check_point TEXT NOT NULL, 
	subjects TEXT NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT status_known CHECK (status IN ('ordinary', 'senior', 'lead')), 
	CONSTRAINT capacity_some CHECK (capacity >= 0), 
	CONSTRAINT expert_key UNIQUE (expert, revision)
);
INSERT INTO "expert" VALUES(1,'текст-1',1,'senior',1,'текст-1','текст-1','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "expert" VALUES(2,'текст-2',2,'senior',2,'текст-2','текст-2','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
CREATE TABLE expert_identity (
	seq INTEGER NOT NULL, 
	one TEXT NOT NULL, 
	other TEXT NOT NULL, 
	revision INTEGER NOT NULL, 
	decision TEXT NOT NULL, 
	source TEXT NOT NULL, 
	doubt TEXT NOT NULL, 
	why TEXT NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT decision_known CHECK (decision IN ('doubtful', 'same', 'different')), 
	CONSTRAINT source_known CHECK (source IN ('tables', 'person')), 
	CONSTRAINT identity_of_two CHECK (one <> other), 
	CONSTRAINT expert_identity_key UNIQUE (one, other, revision)
);
INSERT INTO "expert_identity" VALUES(1,'текст-1','E2',1,'same','person','текст-1','текст-1','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "expert_identity" VALUES(2,'текст-2','E2',2,'same','person','текст-2','текст-2','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
CREATE TABLE finding (
	seq INTEGER NOT NULL, 
	finding TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	detail TEXT NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT finding_key UNIQUE (finding)
);
INSERT INTO "finding" VALUES(1,'текст-1','текст-1','текст-1','текст-1','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "finding" VALUES(2,'текст-2','текст-2','текст-2','текст-2','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
CREATE TABLE finding_closed (
	seq INTEGER NOT NULL, 
	finding TEXT NOT NULL, 
	why TEXT NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT finding_closed_key UNIQUE (finding)
);
INSERT INTO "finding_closed" VALUES(1,'текст-1','текст-1','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "finding_closed" VALUES(2,'текст-2','текст-2','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
CREATE TABLE issued_form (
	seq INTEGER NOT NULL, 
	form INTEGER NOT NULL, 
	round INTEGER NOT NULL, 
	work TEXT NOT NULL, 
	pages INTEGER NOT NULL, 
	signed INTEGER NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT issued_form_key UNIQUE (form)
);
INSERT INTO "issued_form" VALUES(1,1,1,'текст-1',1,1,'станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "issued_form" VALUES(2,2,2,'текст-2',2,2,'станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
CREATE TABLE kept_over (
	seq INTEGER NOT NULL, 
	page TEXT NOT NULL, 
	revision INTEGER NOT NULL, 
	other TEXT NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT kept_over_key UNIQUE (page, revision, other)
);
INSERT INTO "kept_over" VALUES(1,'текст-1',1,'текст-1','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "kept_over" VALUES(2,'текст-2',2,'текст-2','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
CREATE TABLE keyed_code (
	seq INTEGER NOT NULL, 
	page TEXT NOT NULL, 
	entry INTEGER NOT NULL, 
	work TEXT NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT keyed_code_key UNIQUE (page, entry)
);
INSERT INTO "keyed_code" VALUES(1,'текст-1',1,'текст-1','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "keyed_code" VALUES(2,'текст-2',2,'текст-2','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
CREATE TABLE lease (
	stage TEXT NOT NULL, 
	unit TEXT NOT NULL, 
	holder TEXT NOT NULL, 
	until INTEGER NOT NULL, 
	PRIMARY KEY (stage, unit)
);
CREATE TABLE manifest_page (
	seq INTEGER NOT NULL, 
	file_ref TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	work TEXT NOT NULL, 
	page INTEGER NOT NULL, 
	template TEXT NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT manifest_page_key UNIQUE (file_ref, position)
);
INSERT INTO "manifest_page" VALUES(1,'текст-1',1,'текст-1',1,'текст-1','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "manifest_page" VALUES(2,'текст-2',2,'текст-2',2,'текст-2','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
CREATE TABLE missing_page (
	seq INTEGER NOT NULL, 
	work TEXT NOT NULL, 
	page_no INTEGER NOT NULL, 
	revision INTEGER NOT NULL, 
	withdrawn INTEGER NOT NULL, 
	why TEXT NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT missing_page_key UNIQUE (work, page_no, revision)
);
INSERT INTO "missing_page" VALUES(1,'текст-1',1,1,1,'текст-1','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "missing_page" VALUES(2,'текст-2',2,2,2,'текст-2','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
CREATE TABLE number (
	seq INTEGER NOT NULL, 
	work TEXT NOT NULL, 
	marking INTEGER NOT NULL, 
	number TEXT NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT number_key UNIQUE (work, marking), 
	UNIQUE (number)
);
INSERT INTO "number" VALUES(1,'текст-1',1,'текст-1','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "number" VALUES(2,'текст-2',2,'текст-2','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "number" VALUES(3,'W1',1,'1234560','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "number" VALUES(4,'W1',2,'1234571','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "number" VALUES(5,'W2',1,'7654321','станция 2','Орлова','2026-04-14T10:00:00.000+00:00');
CREATE TABLE numbered_pages (
	seq INTEGER NOT NULL, 
	work TEXT NOT NULL, 
	pages TEXT NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT numbered_pages_key UNIQUE (work)
);
INSERT INTO "numbered_pages" VALUES(1,'текст-1','текст-1','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "numbered_pages" VALUES(2,'текст-2','текст-2','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
CREATE TABLE opening (
	seq INTEGER NOT NULL, 
	opening TEXT NOT NULL, 
	part TEXT NOT NULL, 
	purpose TEXT NOT NULL, 
	records INTEGER NOT NULL, 
	why TEXT NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT opening_key UNIQUE (opening)
);
INSERT INTO "opening" VALUES(1,'текст-1','текст-1','текст-1',1,'текст-1','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "opening" VALUES(2,'текст-2','текст-2','текст-2',2,'текст-2','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
CREATE TABLE override (
	seq INTEGER NOT NULL, 
	law TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	why TEXT NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT override_key UNIQUE (law, position)
);
INSERT INTO "override" VALUES(1,'текст-1',1,'текст-1','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "override" VALUES(2,'текст-2',2,'текст-2','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
CREATE TABLE packet (
	seq INTEGER NOT NULL, 
	packet INTEGER NOT NULL, 
	expert TEXT NOT NULL, 
	marking INTEGER NOT NULL, 
	works INTEGER NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT packet_key UNIQUE (packet)
);
INSERT INTO "packet" VALUES(1,1,'текст-1',1,1,'станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "packet" VALUES(2,2,'текст-2',2,2,'станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "packet" VALUES(3,7,'E2',1,1,'станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
CREATE TABLE packet_print (
	seq INTEGER NOT NULL, 
	packet INTEGER NOT NULL, 
	round INTEGER NOT NULL, 
	sha256 TEXT NOT NULL, 
	pages INTEGER NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT packet_print_key UNIQUE (packet, round)
);
INSERT INTO "packet_print" VALUES(1,1,1,'текст-1',1,'станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "packet_print" VALUES(2,2,2,'текст-2',2,'станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
CREATE TABLE packet_row (
	seq INTEGER NOT NULL, 
	packet INTEGER NOT NULL, 
	"row" INTEGER NOT NULL, 
	work TEXT NOT NULL, 
	marking INTEGER NOT NULL, 
	number TEXT NOT NULL, 
	criteria TEXT NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT packet_row_key UNIQUE (packet, "row")
);
INSERT INTO "packet_row" VALUES(1,1,1,'текст-1',1,'текст-1','текст-1','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "packet_row" VALUES(2,2,2,'текст-2',2,'текст-2','текст-2','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "packet_row" VALUES(3,7,0,'W1',1,'1234560','','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
CREATE TABLE page_decision (
	seq INTEGER NOT NULL, 
	page TEXT NOT NULL, 
	revision INTEGER NOT NULL, 
	decision TEXT NOT NULL, 
	work TEXT NOT NULL, 
	page_no INTEGER NOT NULL, 
	why TEXT NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT decision_known CHECK (decision IN ('assign', 'discard', 'keep', 'foreign', 'undo')), 
	CONSTRAINT page_decision_key UNIQUE (page, revision)
);
INSERT INTO "page_decision" VALUES(1,'текст-1',1,'assign','текст-1',1,'текст-1','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "page_decision" VALUES(2,'текст-2',2,'assign','текст-2',2,'текст-2','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
CREATE TABLE page_fate (
	seq INTEGER NOT NULL, 
	page TEXT NOT NULL, 
	revision INTEGER NOT NULL, 
	fate TEXT NOT NULL, 
	work TEXT NOT NULL, 
	page_no INTEGER NOT NULL, 
	why TEXT NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT fate_known CHECK (fate IN ('known', 'unknown', 'extra', 'blank', 'foreign', 'superseded', 'discarded', 'conflict')), 
	CONSTRAINT page_fate_key UNIQUE (page, revision)
);
INSERT INTO "page_fate" VALUES(1,'текст-1',1,'known','текст-1',1,'текст-1','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "page_fate" VALUES(2,'текст-2',2,'known','текст-2',2,'текст-2','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
CREATE TABLE page_reading (
	seq INTEGER NOT NULL, 
	page TEXT NOT NULL, 
	outcome TEXT NOT NULL, 
	number INTEGER, 
	page_no INTEGER, 
	round INTEGER, 
	template TEXT NOT NULL, 
	masked TEXT NOT NULL, 
	media TEXT NOT NULL, 
	evidence TEXT NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT outcome_known CHECK (outcome IN ('labelled', 'templated', 'uncoded', 'blank', 'alien', 'sheet', 'unread')), 
	CONSTRAINT page_reading_key UNIQUE (page)
);
INSERT INTO "page_reading" VALUES(1,'текст-1','labelled',1,1,1,'текст-1','текст-1','текст-1','текст-1','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "page_reading" VALUES(2,'текст-2','labelled',2,2,2,'текст-2','текст-2','текст-2','текст-2','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
CREATE TABLE participant_key (
	seq INTEGER NOT NULL, 
	work TEXT NOT NULL, 
	code TEXT NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT participant_key_key UNIQUE (work)
);
INSERT INTO "participant_key" VALUES(1,'текст-1','текст-1','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "participant_key" VALUES(2,'текст-2','текст-2','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
CREATE TABLE point_closed (
	seq INTEGER NOT NULL, 
	point TEXT NOT NULL, 
	revision INTEGER NOT NULL, 
	closed INTEGER NOT NULL, 
	why TEXT NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT point_closed_key UNIQUE (point, revision)
);
INSERT INTO "point_closed" VALUES(1,'текст-1',1,1,'текст-1','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "point_closed" VALUES(2,'текст-2',2,2,'текст-2','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
CREATE TABLE procedure_file (
	seq INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	blob TEXT NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT procedure_file_key UNIQUE (version, name)
);
INSERT INTO "procedure_file" VALUES(1,1,'текст-1','текст-1','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "procedure_file" VALUES(2,2,'текст-2','текст-2','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
CREATE TABLE procedure_version (
	seq INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	toml TEXT NOT NULL, 
	paper TEXT NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT procedure_version_key UNIQUE (version)
);
INSERT INTO "procedure_version" VALUES(1,1,'текст-1','текст-1','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "procedure_version" VALUES(2,2,'текст-2','текст-2','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
CREATE TABLE reassignment (
	seq INTEGER NOT NULL, 
	work TEXT NOT NULL, 
	marking INTEGER NOT NULL, 
	revision INTEGER NOT NULL, 
	withdrawn TEXT NOT NULL, 
	packet INTEGER NOT NULL, 
	expert TEXT NOT NULL, 
	allocation TEXT NOT NULL, 
	criteria TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	why TEXT NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT reason_known CHECK (reason IN ('absent', 'conflict', 'together', 'room', 'handed_over', 'lost')), 
	CONSTRAINT reassignment_key UNIQUE (work, marking, revision)
);
INSERT INTO "reassignment" VALUES(1,'текст-1',1,1,'текст-1',1,'текст-1','текст-1','текст-1','absent','текст-1','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "reassignment" VALUES(2,'текст-2',2,2,'текст-2',2,'текст-2','текст-2','текст-2','absent','текст-2','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "reassignment" VALUES(3,'W1',1,1,'E1',0,'E2','A2','','absent','не пришла','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
CREATE TABLE record_key (
	record TEXT NOT NULL, 
	holder TEXT NOT NULL, 
	wrapped BLOB NOT NULL, 
	PRIMARY KEY (record, holder)
);
CREATE TABLE release (
	seq INTEGER NOT NULL, 
	purpose TEXT NOT NULL, 
	why TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT release_key UNIQUE (purpose)
);
INSERT INTO "release" VALUES(1,'текст-1','текст-1',1,'станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "release" VALUES(2,'текст-2','текст-2',2,'станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
CREATE TABLE report (
	seq INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT report_key UNIQUE (kind, sha256)
);
INSERT INTO "report" VALUES(1,'текст-1','текст-1',1,'станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "report" VALUES(2,'текст-2','текст-2',2,'станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
CREATE TABLE scan_file (
	seq INTEGER NOT NULL, 
	file TEXT NOT NULL, 
	batch TEXT NOT NULL, 
	file_ref TEXT NOT NULL, 
	pages INTEGER NOT NULL, 
	fault TEXT NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT scan_file_key UNIQUE (file)
);
INSERT INTO "scan_file" VALUES(1,'текст-1','текст-1','текст-1',1,'текст-1','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "scan_file" VALUES(2,'текст-2','текст-2','текст-2',2,'текст-2','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
CREATE TABLE scan_page (
	seq INTEGER NOT NULL, 
	page TEXT NOT NULL, 
	file TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	media TEXT NOT NULL, 
	original TEXT NOT NULL, 
	fault TEXT NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT scan_page_key UNIQUE (page)
);
INSERT INTO "scan_page" VALUES(1,'текст-1','текст-1',1,'текст-1','текст-1','текст-1','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "scan_page" VALUES(2,'текст-2','текст-2',2,'текст-2','текст-2','текст-2','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
CREATE TABLE school (
	seq INTEGER NOT NULL, 
	token TEXT NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT school_key UNIQUE (token)
);
INSERT INTO "school" VALUES(1,'текст-1','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "school" VALUES(2,'текст-2','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
CREATE TABLE score (
	seq INTEGER NOT NULL, 
	work TEXT NOT NULL, 
	marking INTEGER NOT NULL, 
	criterion TEXT NOT NULL, 
	revision INTEGER NOT NULL, 
	points INTEGER, 
	source TEXT NOT NULL, 
	page TEXT NOT NULL, 
	why TEXT NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT source_known CHECK (source IN ('reading', 'review', 'entry', 'appeal')), 
	CONSTRAINT points_some CHECK (points IS NULL OR points >= 0), 
	CONSTRAINT score_key UNIQUE (work, marking, criterion, revision)
);
INSERT INTO "score" VALUES(1,'текст-1',1,'текст-1',1,1,'reading','текст-1','текст-1','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "score" VALUES(2,'текст-2',2,'текст-2',2,2,'reading','текст-2','текст-2','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
CREATE TABLE sealed_record (
	seq INTEGER NOT NULL, 
	record TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	nonce BLOB NOT NULL, 
	ciphertext BLOB NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT sealed_record_key UNIQUE (record)
);
INSERT INTO "sealed_record" VALUES(1,'текст-1','текст-1',X'0100FF',X'0100FF','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "sealed_record" VALUES(2,'текст-2','текст-2',X'0200FF',X'0200FF','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
CREATE TABLE sheet (
	seq INTEGER NOT NULL, 
	packet INTEGER NOT NULL, 
	sheet INTEGER NOT NULL, 
	round INTEGER NOT NULL, 
	blank TEXT NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT sheet_key UNIQUE (packet, sheet, round)
);
INSERT INTO "sheet" VALUES(1,1,1,1,'текст-1','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "sheet" VALUES(2,2,2,2,'текст-2','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
CREATE TABLE sheet_reading (
	seq INTEGER NOT NULL, 
	page TEXT NOT NULL, 
	outcome TEXT NOT NULL, 
	packet INTEGER, 
	sheet INTEGER, 
	round INTEGER, 
	detail TEXT NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT outcome_known CHECK (outcome IN ('read', 'copy', 'refused')), 
	CONSTRAINT sheet_reading_key UNIQUE (page)
);
INSERT INTO "sheet_reading" VALUES(1,'текст-1','read',1,1,1,'текст-1','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "sheet_reading" VALUES(2,'текст-2','read',2,2,2,'текст-2','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
CREATE TABLE third_call (
	seq INTEGER NOT NULL, 
	work TEXT NOT NULL, 
	criterion TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT third_call_key UNIQUE (work, criterion)
);
INSERT INTO "third_call" VALUES(1,'текст-1','текст-1','текст-1','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "third_call" VALUES(2,'текст-2','текст-2','текст-2','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
CREATE TABLE work (
	seq INTEGER NOT NULL, 
	work TEXT NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT work_key UNIQUE (work)
);
INSERT INTO "work" VALUES(1,'текст-1','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "work" VALUES(2,'текст-2','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
CREATE TABLE working_key_destroyed (
	seq INTEGER NOT NULL, 
	batch TEXT NOT NULL, 
	station TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT working_key_destroyed_key UNIQUE (batch)
);
INSERT INTO "working_key_destroyed" VALUES(1,'текст-1','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
INSERT INTO "working_key_destroyed" VALUES(2,'текст-2','станция 1','Петрова А. И.','2026-04-14T09:00:00.000+00:00');
CREATE TRIGGER absence_no_update BEFORE UPDATE ON "absence" BEGIN SELECT RAISE(ABORT, 'facts are only added: absence'); END;
CREATE TRIGGER absence_no_delete BEFORE DELETE ON "absence" BEGIN SELECT RAISE(ABORT, 'facts are only added: absence'); END;
CREATE TRIGGER allocation_no_update BEFORE UPDATE ON "allocation" BEGIN SELECT RAISE(ABORT, 'facts are only added: allocation'); END;
CREATE TRIGGER allocation_no_delete BEFORE DELETE ON "allocation" BEGIN SELECT RAISE(ABORT, 'facts are only added: allocation'); END;
CREATE TRIGGER appeal_no_update BEFORE UPDATE ON "appeal" BEGIN SELECT RAISE(ABORT, 'facts are only added: appeal'); END;
CREATE TRIGGER appeal_no_delete BEFORE DELETE ON "appeal" BEGIN SELECT RAISE(ABORT, 'facts are only added: appeal'); END;
CREATE TRIGGER appeal_decision_no_update BEFORE UPDATE ON "appeal_decision" BEGIN SELECT RAISE(ABORT, 'facts are only added: appeal_decision'); END;
CREATE TRIGGER appeal_decision_no_delete BEFORE DELETE ON "appeal_decision" BEGIN SELECT RAISE(ABORT, 'facts are only added: appeal_decision'); END;
CREATE TRIGGER assignment_no_update BEFORE UPDATE ON "assignment" BEGIN SELECT RAISE(ABORT, 'facts are only added: assignment'); END;
CREATE TRIGGER assignment_no_delete BEFORE DELETE ON "assignment" BEGIN SELECT RAISE(ABORT, 'facts are only added: assignment'); END;
CREATE TRIGGER attendance_no_update BEFORE UPDATE ON "attendance" BEGIN SELECT RAISE(ABORT, 'facts are only added: attendance'); END;
CREATE TRIGGER attendance_no_delete BEFORE DELETE ON "attendance" BEGIN SELECT RAISE(ABORT, 'facts are only added: attendance'); END;
CREATE TRIGGER batch_no_update BEFORE UPDATE ON "batch" BEGIN SELECT RAISE(ABORT, 'facts are only added: batch'); END;
CREATE TRIGGER batch_no_delete BEFORE DELETE ON "batch" BEGIN SELECT RAISE(ABORT, 'facts are only added: batch'); END;
CREATE TRIGGER batch_closed_no_update BEFORE UPDATE ON "batch_closed" BEGIN SELECT RAISE(ABORT, 'facts are only added: batch_closed'); END;
CREATE TRIGGER batch_closed_no_delete BEFORE DELETE ON "batch_closed" BEGIN SELECT RAISE(ABORT, 'facts are only added: batch_closed'); END;
CREATE TRIGGER cell_reading_no_update BEFORE UPDATE ON "cell_reading" BEGIN SELECT RAISE(ABORT, 'facts are only added: cell_reading'); END;
CREATE TRIGGER cell_reading_no_delete BEFORE DELETE ON "cell_reading" BEGIN SELECT RAISE(ABORT, 'facts are only added: cell_reading'); END;
CREATE TRIGGER chain_no_update BEFORE UPDATE ON "chain" BEGIN SELECT RAISE(ABORT, 'facts are only added: chain'); END;
CREATE TRIGGER chain_no_delete BEFORE DELETE ON "chain" BEGIN SELECT RAISE(ABORT, 'facts are only added: chain'); END;
CREATE TRIGGER checkpoint_no_update BEFORE UPDATE ON "checkpoint" BEGIN SELECT RAISE(ABORT, 'facts are only added: checkpoint'); END;
CREATE TRIGGER checkpoint_no_delete BEFORE DELETE ON "checkpoint" BEGIN SELECT RAISE(ABORT, 'facts are only added: checkpoint'); END;
CREATE TRIGGER class_set_no_update BEFORE UPDATE ON "class_set" BEGIN SELECT RAISE(ABORT, 'facts are only added: class_set'); END;
CREATE TRIGGER class_set_no_delete BEFORE DELETE ON "class_set" BEGIN SELECT RAISE(ABORT, 'facts are only added: class_set'); END;
CREATE TRIGGER cover_no_update BEFORE UPDATE ON "cover" BEGIN SELECT RAISE(ABORT, 'facts are only added: cover'); END;
CREATE TRIGGER cover_no_delete BEFORE DELETE ON "cover" BEGIN SELECT RAISE(ABORT, 'facts are only added: cover'); END;
CREATE TRIGGER custody_move_no_update BEFORE UPDATE ON "custody_move" BEGIN SELECT RAISE(ABORT, 'facts are only added: custody_move'); END;
CREATE TRIGGER custody_move_no_delete BEFORE DELETE ON "custody_move" BEGIN SELECT RAISE(ABORT, 'facts are only added: custody_move'); END;
CREATE TRIGGER expert_no_update BEFORE UPDATE ON "expert" BEGIN SELECT RAISE(ABORT, 'facts are only added: expert'); END;
CREATE TRIGGER expert_no_delete BEFORE DELETE ON "expert" BEGIN SELECT RAISE(ABORT, 'facts are only added: expert'); END;
CREATE TRIGGER expert_identity_no_update BEFORE UPDATE ON "expert_identity" BEGIN SELECT RAISE(ABORT, 'facts are only added: expert_identity'); END;
CREATE TRIGGER expert_identity_no_delete BEFORE DELETE ON "expert_identity" BEGIN SELECT RAISE(ABORT, 'facts are only added: expert_identity'); END;
CREATE TRIGGER finding_no_update BEFORE UPDATE ON "finding" BEGIN SELECT RAISE(ABORT, 'facts are only added: finding'); END;
CREATE TRIGGER finding_no_delete BEFORE DELETE ON "finding" BEGIN SELECT RAISE(ABORT, 'facts are only added: finding'); END;
CREATE TRIGGER finding_closed_no_update BEFORE UPDATE ON "finding_closed" BEGIN SELECT RAISE(ABORT, 'facts are only added: finding_closed'); END;
CREATE TRIGGER finding_closed_no_delete BEFORE DELETE ON "finding_closed" BEGIN SELECT RAISE(ABORT, 'facts are only added: finding_closed'); END;
CREATE TRIGGER issued_form_no_update BEFORE UPDATE ON "issued_form" BEGIN SELECT RAISE(ABORT, 'facts are only added: issued_form'); END;
CREATE TRIGGER issued_form_no_delete BEFORE DELETE ON "issued_form" BEGIN SELECT RAISE(ABORT, 'facts are only added: issued_form'); END;
CREATE TRIGGER kept_over_no_update BEFORE UPDATE ON "kept_over" BEGIN SELECT RAISE(ABORT, 'facts are only added: kept_over'); END;
CREATE TRIGGER kept_over_no_delete BEFORE DELETE ON "kept_over" BEGIN SELECT RAISE(ABORT, 'facts are only added: kept_over'); END;
CREATE TRIGGER keyed_code_no_update BEFORE UPDATE ON "keyed_code" BEGIN SELECT RAISE(ABORT, 'facts are only added: keyed_code'); END;
CREATE TRIGGER keyed_code_no_delete BEFORE DELETE ON "keyed_code" BEGIN SELECT RAISE(ABORT, 'facts are only added: keyed_code'); END;
CREATE TRIGGER manifest_page_no_update BEFORE UPDATE ON "manifest_page" BEGIN SELECT RAISE(ABORT, 'facts are only added: manifest_page'); END;
CREATE TRIGGER manifest_page_no_delete BEFORE DELETE ON "manifest_page" BEGIN SELECT RAISE(ABORT, 'facts are only added: manifest_page'); END;
CREATE TRIGGER missing_page_no_update BEFORE UPDATE ON "missing_page" BEGIN SELECT RAISE(ABORT, 'facts are only added: missing_page'); END;
CREATE TRIGGER missing_page_no_delete BEFORE DELETE ON "missing_page" BEGIN SELECT RAISE(ABORT, 'facts are only added: missing_page'); END;
CREATE TRIGGER number_no_update BEFORE UPDATE ON "number" BEGIN SELECT RAISE(ABORT, 'facts are only added: number'); END;
CREATE TRIGGER number_no_delete BEFORE DELETE ON "number" BEGIN SELECT RAISE(ABORT, 'facts are only added: number'); END;
CREATE TRIGGER numbered_pages_no_update BEFORE UPDATE ON "numbered_pages" BEGIN SELECT RAISE(ABORT, 'facts are only added: numbered_pages'); END;
CREATE TRIGGER numbered_pages_no_delete BEFORE DELETE ON "numbered_pages" BEGIN SELECT RAISE(ABORT, 'facts are only added: numbered_pages'); END;
CREATE TRIGGER opening_no_update BEFORE UPDATE ON "opening" BEGIN SELECT RAISE(ABORT, 'facts are only added: opening'); END;
CREATE TRIGGER opening_no_delete BEFORE DELETE ON "opening" BEGIN SELECT RAISE(ABORT, 'facts are only added: opening'); END;
CREATE TRIGGER override_no_update BEFORE UPDATE ON "override" BEGIN SELECT RAISE(ABORT, 'facts are only added: override'); END;
CREATE TRIGGER override_no_delete BEFORE DELETE ON "override" BEGIN SELECT RAISE(ABORT, 'facts are only added: override'); END;
CREATE TRIGGER packet_no_update BEFORE UPDATE ON "packet" BEGIN SELECT RAISE(ABORT, 'facts are only added: packet'); END;
CREATE TRIGGER packet_no_delete BEFORE DELETE ON "packet" BEGIN SELECT RAISE(ABORT, 'facts are only added: packet'); END;
CREATE TRIGGER packet_print_no_update BEFORE UPDATE ON "packet_print" BEGIN SELECT RAISE(ABORT, 'facts are only added: packet_print'); END;
CREATE TRIGGER packet_print_no_delete BEFORE DELETE ON "packet_print" BEGIN SELECT RAISE(ABORT, 'facts are only added: packet_print'); END;
CREATE TRIGGER packet_row_no_update BEFORE UPDATE ON "packet_row" BEGIN SELECT RAISE(ABORT, 'facts are only added: packet_row'); END;
CREATE TRIGGER packet_row_no_delete BEFORE DELETE ON "packet_row" BEGIN SELECT RAISE(ABORT, 'facts are only added: packet_row'); END;
CREATE TRIGGER page_decision_no_update BEFORE UPDATE ON "page_decision" BEGIN SELECT RAISE(ABORT, 'facts are only added: page_decision'); END;
CREATE TRIGGER page_decision_no_delete BEFORE DELETE ON "page_decision" BEGIN SELECT RAISE(ABORT, 'facts are only added: page_decision'); END;
CREATE TRIGGER page_fate_no_update BEFORE UPDATE ON "page_fate" BEGIN SELECT RAISE(ABORT, 'facts are only added: page_fate'); END;
CREATE TRIGGER page_fate_no_delete BEFORE DELETE ON "page_fate" BEGIN SELECT RAISE(ABORT, 'facts are only added: page_fate'); END;
CREATE TRIGGER page_reading_no_update BEFORE UPDATE ON "page_reading" BEGIN SELECT RAISE(ABORT, 'facts are only added: page_reading'); END;
CREATE TRIGGER page_reading_no_delete BEFORE DELETE ON "page_reading" BEGIN SELECT RAISE(ABORT, 'facts are only added: page_reading'); END;
CREATE TRIGGER participant_key_no_update BEFORE UPDATE ON "participant_key" BEGIN SELECT RAISE(ABORT, 'facts are only added: participant_key'); END;
CREATE TRIGGER participant_key_no_delete BEFORE DELETE ON "participant_key" BEGIN SELECT RAISE(ABORT, 'facts are only added: participant_key'); END;
CREATE TRIGGER point_closed_no_update BEFORE UPDATE ON "point_closed" BEGIN SELECT RAISE(ABORT, 'facts are only added: point_closed'); END;
CREATE TRIGGER point_closed_no_delete BEFORE DELETE ON "point_closed" BEGIN SELECT RAISE(ABORT, 'facts are only added: point_closed'); END;
CREATE TRIGGER procedure_file_no_update BEFORE UPDATE ON "procedure_file" BEGIN SELECT RAISE(ABORT, 'facts are only added: procedure_file'); END;
CREATE TRIGGER procedure_file_no_delete BEFORE DELETE ON "procedure_file" BEGIN SELECT RAISE(ABORT, 'facts are only added: procedure_file'); END;
CREATE TRIGGER procedure_version_no_update BEFORE UPDATE ON "procedure_version" BEGIN SELECT RAISE(ABORT, 'facts are only added: procedure_version'); END;
CREATE TRIGGER procedure_version_no_delete BEFORE DELETE ON "procedure_version" BEGIN SELECT RAISE(ABORT, 'facts are only added: procedure_version'); END;
CREATE TRIGGER reassignment_no_update BEFORE UPDATE ON "reassignment" BEGIN SELECT RAISE(ABORT, 'facts are only added: reassignment'); END;
CREATE TRIGGER reassignment_no_delete BEFORE DELETE ON "reassignment" BEGIN SELECT RAISE(ABORT, 'facts are only added: reassignment'); END;
CREATE TRIGGER release_no_update BEFORE UPDATE ON "release" BEGIN SELECT RAISE(ABORT, 'facts are only added: release'); END;
CREATE TRIGGER release_no_delete BEFORE DELETE ON "release" BEGIN SELECT RAISE(ABORT, 'facts are only added: release'); END;
CREATE TRIGGER report_no_update BEFORE UPDATE ON "report" BEGIN SELECT RAISE(ABORT, 'facts are only added: report'); END;
CREATE TRIGGER report_no_delete BEFORE DELETE ON "report" BEGIN SELECT RAISE(ABORT, 'facts are only added: report'); END;
CREATE TRIGGER scan_file_no_update BEFORE UPDATE ON "scan_file" BEGIN SELECT RAISE(ABORT, 'facts are only added: scan_file'); END;
CREATE TRIGGER scan_file_no_delete BEFORE DELETE ON "scan_file" BEGIN SELECT RAISE(ABORT, 'facts are only added: scan_file'); END;
CREATE TRIGGER scan_page_no_update BEFORE UPDATE ON "scan_page" BEGIN SELECT RAISE(ABORT, 'facts are only added: scan_page'); END;
CREATE TRIGGER scan_page_no_delete BEFORE DELETE ON "scan_page" BEGIN SELECT RAISE(ABORT, 'facts are only added: scan_page'); END;
CREATE TRIGGER school_no_update BEFORE UPDATE ON "school" BEGIN SELECT RAISE(ABORT, 'facts are only added: school'); END;
CREATE TRIGGER school_no_delete BEFORE DELETE ON "school" BEGIN SELECT RAISE(ABORT, 'facts are only added: school'); END;
CREATE TRIGGER score_no_update BEFORE UPDATE ON "score" BEGIN SELECT RAISE(ABORT, 'facts are only added: score'); END;
CREATE TRIGGER score_no_delete BEFORE DELETE ON "score" BEGIN SELECT RAISE(ABORT, 'facts are only added: score'); END;
CREATE TRIGGER sealed_record_no_update BEFORE UPDATE ON "sealed_record" BEGIN SELECT RAISE(ABORT, 'facts are only added: sealed_record'); END;
CREATE TRIGGER sealed_record_no_delete BEFORE DELETE ON "sealed_record" BEGIN SELECT RAISE(ABORT, 'facts are only added: sealed_record'); END;
CREATE TRIGGER sheet_no_update BEFORE UPDATE ON "sheet" BEGIN SELECT RAISE(ABORT, 'facts are only added: sheet'); END;
CREATE TRIGGER sheet_no_delete BEFORE DELETE ON "sheet" BEGIN SELECT RAISE(ABORT, 'facts are only added: sheet'); END;
CREATE TRIGGER sheet_reading_no_update BEFORE UPDATE ON "sheet_reading" BEGIN SELECT RAISE(ABORT, 'facts are only added: sheet_reading'); END;
CREATE TRIGGER sheet_reading_no_delete BEFORE DELETE ON "sheet_reading" BEGIN SELECT RAISE(ABORT, 'facts are only added: sheet_reading'); END;
CREATE TRIGGER third_call_no_update BEFORE UPDATE ON "third_call" BEGIN SELECT RAISE(ABORT, 'facts are only added: third_call'); END;
CREATE TRIGGER third_call_no_delete BEFORE DELETE ON "third_call" BEGIN SELECT RAISE(ABORT, 'facts are only added: third_call'); END;
CREATE TRIGGER work_no_update BEFORE UPDATE ON "work" BEGIN SELECT RAISE(ABORT, 'facts are only added: work'); END;
CREATE TRIGGER work_no_delete BEFORE DELETE ON "work" BEGIN SELECT RAISE(ABORT, 'facts are only added: work'); END;
CREATE TRIGGER working_key_destroyed_no_update BEFORE UPDATE ON "working_key_destroyed" BEGIN SELECT RAISE(ABORT, 'facts are only added: working_key_destroyed'); END;
CREATE TRIGGER working_key_destroyed_no_delete BEFORE DELETE ON "working_key_destroyed" BEGIN SELECT RAISE(ABORT, 'facts are only added: working_key_destroyed'); END;
COMMIT;
