// SPDX-License-Identifier: Apache-2.0
#include "sync/domain/people/sample_names.hpp"

namespace montbrillant {
namespace {

constexpr std::array origins{
    NameOrigin{"arabic", false,
               "محمد=Mohammed;أحمد=Ahmed;خالد=Khalid;عمر=Omar;يوسف=Youssef;طارق=Tarek;حسن=Hassan;"
               "إبراهيم=Ibrahim;عبد الله=Abdullah;سامي=Sami;كريم=Karim;ياسر=Yasser;مصطفى=Mustafa;زياد=Ziad",
               "فاطمة=Fatima;عائشة=Aisha;ليلى=Layla;نور=Nour;مريم=Maryam;هدى=Huda;سارة=Sara;أمينة=Amina;"
               "رانيا=Rania;سلمى=Salma;دينا=Dina;هالة=Hala",
               "المنصوري=Al Mansouri;حداد=Haddad;السيد=El Sayed;بن علي=Ben Ali;الحربي=Al Harbi;"
               "الزهراني=Al Zahrani;خليل=Khalil;النجار=El Naggar;الفاسي=El Fassi;بوزيد=Bouzid;"
               "الشامسي=Al Shamsi;عثمان=Othman;قاسم=Qasim;الهاشمي=Al Hashimi;مراد=Mourad;درويش=Darwish;"
               "الكعبي=Al Kaabi;ربيع=Rabie;التميمي=Al Tamimi;صالح=Saleh",
               "", "ARE DZA EGY JOR MAR SAU TUN"},
    NameOrigin{
        "chinese", true,
        "小明=Xiaoming;伟=Wei;建国=Jianguo;志强=Zhiqiang;浩然=Haoran;俊杰=Junjie;立新=Lixin;文博=Wenbo;"
        "海涛=Haitao;鹏=Peng;子轩=Zixuan;国栋=Guodong",
        "丽娜=Lina;芳=Fang;晓燕=Xiaoyan;静=Jing;雪梅=Xuemei;佳怡=Jiayi;婷婷=Tingting;思雨=Siyu;"
        "秀英=Xiuying;敏=Min;美玲=Meiling;诗涵=Shihan",
        "王=Wang;李=Li;张=Zhang;刘=Liu;陈=Chen;杨=Yang;赵=Zhao;黄=Huang;周=Zhou;吴=Wu;徐=Xu;孙=Sun;"
        "胡=Hu;朱=Zhu;高=Gao;林=Lin;何=He;郭=Guo;马=Ma;罗=Luo;吕=Lyu;欧阳=Ouyang",
        "", "CHN SGP"},
    NameOrigin{"russian", false,
               "Александр=Aleksandr;Дмитрий=Dmitrii;Сергей=Sergei;Алексей=Aleksei;Михаил=Mikhail;"
               "Андрей=Andrei;Юрий=Iurii;Павел=Pavel;Николай=Nikolai;Илья=Ilia;Фёдор=Fedor;Виктор=Viktor",
               "Елена=Elena;Ольга=Olga;Наталья=Natalia;Ирина=Irina;Татьяна=Tatiana;Анна=Anna;"
               "Екатерина=Ekaterina;Юлия=Iuliia;Светлана=Svetlana;Мария=Mariia;Ксения=Kseniia;Дарья=Daria",
               "Щербаков=Shcherbakov;Иванов=Ivanov;Кузнецов=Kuznetsov;Соколов=Sokolov;Попов=Popov;"
               "Лебедев=Lebedev;Козлов=Kozlov;Новиков=Novikov;Морозов=Morozov;Волков=Volkov;"
               "Зайцев=Zaitsev;Жуков=Zhukov;Чернышёв=Chernyshev;Юрьев=Iurev;Хомяков=Khomiakov;"
               "Цветков=Tsvetkov",
               "Щербакова=Shcherbakova;Иванова=Ivanova;Кузнецова=Kuznetsova;Соколова=Sokolova;Попова=Popova;"
               "Лебедева=Lebedeva;Козлова=Kozlova;Новикова=Novikova;Морозова=Morozova;Волкова=Volkova;"
               "Зайцева=Zaitseva;Жукова=Zhukova;Чернышёва=Chernysheva;Юрьева=Iureva;Хомякова=Khomiakova;"
               "Цветкова=Tsvetkova",
               "RUS BLR KAZ"},
    NameOrigin{"ukrainian", false,
               "Тарас=Taras;Олександр=Oleksandr;Андрій=Andrii;Богдан=Bohdan;Іван=Ivan;Юрій=Yurii",
               "Оксана=Oksana;Ірина=Iryna;Наталія=Nataliia;Соломія=Solomiia;Олена=Olena;Ганна=Hanna",
               "Шевченко=Shevchenko;Ковальчук=Kovalchuk;Бондаренко=Bondarenko;Ткаченко=Tkachenko;"
               "Мельник=Melnyk;Гриценко=Hrytsenko;Кравець=Kravets;Поліщук=Polishchuk",
               "", "UKR"},
    NameOrigin{
        "greek", false,
        "Γιώργος=Giorgos;Δημήτρης=Dimitris;Νίκος=Nikos;Κώστας=Kostas;Ευάγγελος=Evangelos;"
        "Χρήστος=Christos;Σπύρος=Spyros;Ανδρέας=Andreas",
        "Μαρία=Maria;Ελένη=Eleni;Αικατερίνη=Aikaterini;Σοφία=Sofia;Γεωργία=Georgia;Άννα=Anna;"
        "Χριστίνα=Christina;Ζωή=Zoi",
        "Παπαδόπουλος=Papadopoulos;Γεωργίου=Georgiou;Νικολαΐδης=Nikolaidis;Οικονόμου=Oikonomou;"
        "Βλάχος=Vlachos;Αγγελόπουλος=Angelopoulos;Χατζής=Chatzis;Ψαράς=Psaras;Κωνσταντίνου=Konstantinou",
        "Παπαδοπούλου=Papadopoulou;Γεωργίου=Georgiou;Νικολαΐδου=Nikolaidou;Οικονόμου=Oikonomou;"
        "Βλάχου=Vlachou;Αγγελοπούλου=Angelopoulou;Χατζή=Chatzi;Ψαρά=Psara;Κωνσταντίνου=Konstantinou",
        "GRC CYP"},
    NameOrigin{
        "korean", true,
        "민수=Minsu;지훈=Jihoon;성민=Sungmin;현우=Hyunwoo;재원=Jaewon;동현=Donghyun;상철=Sangchul;"
        "준호=Junho",
        "지은=Jieun;수진=Soojin;민지=Minji;유나=Yuna;하은=Haeun;은정=Eunjung;서연=Seoyeon;미영=Miyoung",
        "김=Kim;이=Lee;박=Park;최=Choi;정=Jung;강=Kang;조=Cho;윤=Yoon;장=Jang;임=Lim;한=Han;오=Oh;신=Shin;"
        "권=Kwon;황=Hwang;류=Ryu",
        "", "KOR"},
    NameOrigin{"japanese", false,
               "健太=Kenta;太郎=Taro;浩二=Koji;大輔=Daisuke;翔=Sho;誠=Makoto;隆=Takashi;直樹=Naoki",
               "花子=Hanako;美咲=Misaki;陽子=Yoko;恵=Megumi;さくら=Sakura;由美=Yumi;香織=Kaori;真理子=Mariko",
               "佐藤=Sato;鈴木=Suzuki;高橋=Takahashi;田中=Tanaka;渡辺=Watanabe;伊藤=Ito;山本=Yamamoto;"
               "中村=Nakamura;小林=Kobayashi;加藤=Kato;吉田=Yoshida;斎藤=Saito;大野=Ono;清水=Shimizu",
               "", "JPN"},
    NameOrigin{"vietnamese", true,
               "Văn Đức=Van Duc;Minh Tuấn=Minh Tuan;Quốc Hùng=Quoc Hung;Thành Long=Thanh Long;Hữu Phước=Huu "
               "Phuoc;Anh Dũng=Anh Dung",
               "Thị Hương=Thi Huong;Thu Hà=Thu Ha;Ngọc Ánh=Ngoc Anh;Thị Lan=Thi Lan;Mỹ Duyên=My Duyen;"
               "Phương Thảo=Phuong Thao",
               "Nguyễn=Nguyen;Trần=Tran;Lê=Le;Phạm=Pham;Hoàng=Hoang;Võ=Vo;Đặng=Dang;Bùi=Bui;Đỗ=Do;Ngô=Ngo",
               "", "VNM"},
    NameOrigin{"french", false,
               "François;Jérôme;Étienne;Benoît;Loïc;Guillaume;Hervé;Mathieu;Jean-Pierre;Thibault;Rémi;Cédric",
               "Zoé;Élodie;Chloé;Anaïs;Marie-Claire;Agnès;Hélène;Joëlle;Camille;Aurélie;Maëlle;Béatrice",
               "Lefèvre;Dubois;Girard;L'Hôte;Béranger;Moreau;Le Goff;Châtelain;Deschênes;Rochat;Garçon;Noël;"
               "Gauthier;D'Aubigné;Faÿ;Perrin;Bélanger;Rousselet",
               "", "FRA CHE CAN"},
    NameOrigin{"spanish", false,
               "José Luis;Andrés;Joaquín;Íñigo;Martín;Jesús;Ramón;Sebastián;Nicolás;Álvaro;Hernán;Raúl",
               "María José;Lucía;Inés;Begoña;Sofía;Ángela;Pilar;Itziar;Verónica;Belén;Mónica;Rocío",
               "García Márquez de Soto;Muñoz;Ibáñez Peña;Fernández;Quiñones;Núñez Cabrera;López;Ordóñez;"
               "de la Fuente;Rodríguez Gómez;Zúñiga;Castaño;Vázquez;Echeverría;Güemes;Peralta;Ávila",
               "", "ARG CHL COL CUB ESP MEX"},
    NameOrigin{"german", false, "Jürgen;Björn;Matthias;Götz;Lukas;Sebastian;Günther;Florian;Jörg;Karl-Heinz",
               "Käthe;Sabine;Jördis;Annegret;Ursula;Heike;Marlene;Gudrun;Katharina;Bärbel",
               "Strauß;Müller;Schröder;Groß;Weiß;Köhler;von der Heyde;Lüdenscheidt;Jäger;Vögele;Schäfer;"
               "Preußler;Brückner;Öttinger",
               "", "DEU AUT CHE"},
    NameOrigin{"italian", false, "Niccolò;Matteo;Lorenzo;Giosuè;Alessandro;Davide",
               "Chiara;Noemi;Giulia;Francesca;Ilaria;Beatrice",
               "Rossi;D'Angelo;Dell'Acqua;Ferrari;Nicolò;Esposito;De Santis;Colombo;Lo Presti", "", "ITA"},
    NameOrigin{"portuguese", false, "João;Antônio;Luís;Sérgio;Tomás;Gonçalo;Caetano;Rui;Davi;Estêvão",
               "Conceição;Inês;Luísa;Fátima;Débora;Assunção;Letícia;Graça;Mariana;Júlia",
               "Gonçalves;Conceição;Magalhães;dos Santos;Araújo;Simões;Guimarães;Brandão;Fontoura;Leitão;"
               "Sant'Anna;Queirós",
               "", "BRA PRT MOZ"},
    NameOrigin{"polish", false, "Łukasz;Paweł;Michał;Stanisław;Grzegorz;Wojciech;Bartłomiej;Zbigniew",
               "Małgorzata;Agnieszka;Elżbieta;Zofia;Świętosława;Bożena;Jadwiga;Żaneta",
               "Wiśniewski;Kowalski;Dąbrowski;Zieliński;Łuczak;Wójcik;Kędzierski;Gołębiowski",
               "Wiśniewska;Kowalska;Dąbrowska;Zielińska;Łuczak;Wójcik;Kędzierska;Gołębiowska", "POL"},
    NameOrigin{"czech", false, "Jiří;Václav;Ondřej;Tomáš;Zdeněk;Luboš",
               "Božena;Kateřina;Růžena;Šárka;Zdeňka;Jiřina", "Dvořák;Novák;Černý;Procházka;Kučera;Říha",
               "Dvořáková;Nováková;Černá;Procházková;Kučerová;Říhová", "CZE"},
    NameOrigin{"turkish", false, "Barış;Çağlar;İbrahim;Oğuz;Şükrü;Yiğit;Umut;Gökhan",
               "Ayşe;Çiğdem;Işıl;Gülşah;Zeynep;Tuğçe;Özlem;Şule",
               "Yılmaz;Öztürk;Şahin;Işık;Çelik;Kılıç;Aydın;Doğan;Güneş;Arslan", "", "TUR"},
    NameOrigin{"hindi", false,
               "राजेश=Rajesh;अमित=Amit;विक्रम=Vikram;कृष्ण=Krishna;संजय=Sanjay;अर्जुन=Arjun;सुनील=Sunil;"
               "दीपक=Deepak",
               "प्रिया=Priya;सुनीता=Sunita;लक्ष्मी=Lakshmi;अनीता=Anita;कविता=Kavita;मीरा=Meera;नेहा=Neha;"
               "राधिका=Radhika",
               "शर्मा=Sharma;कृष्णमूर्ति=Krishnamurti;पटेल=Patel;गुप्ता=Gupta;सिंह=Singh;जोशी=Joshi;"
               "वर्मा=Verma;श्रीवास्तव=Srivastava;चटर्जी=Chatterjee;थापा=Thapa",
               "", "IND NPL"},
    NameOrigin{"bengali", false, "রফিক=Rafiq;কামাল=Kamal;সুমন=Suman;আরিফ=Arif",
               "নাসরিন=Nasrin;শাহনাজ=Shahnaz;মিতা=Mita;ফারজানা=Farzana",
               "রহমান=Rahman;হোসেন=Hossain;চৌধুরী=Chowdhury;আহমেদ=Ahmed;সরকার=Sarkar", "", "BGD"},
    NameOrigin{"amharic", false, "ተስፋዬ=Tesfaye;አበበ=Abebe;ዳዊት=Dawit;ሰለሞን=Solomon",
               "ሃና=Hanna;ሰላም=Selam;አልማዝ=Almaz;ትዕግስት=Tigist",
               "በቀለ=Bekele;ገብረ=Gebre;ታደሰ=Tadesse;ወልደ=Wolde;ከበደ=Kebede", "", "ETH"},
    NameOrigin{"west_african", false,
               "Amadou;Moussa;Kouassi;Ousmane;Sékou;Koffi;Idriss;Mamadou;Komlan;Ndèye Malick",
               "Aïssatou;Mariam;Akissi;Fatou;Adjoa;N'Deye;Aminata;Rokhaya;Hawa;Afi",
               "Diallo;Traoré;Kouamé;N'Guessan;Ouattara;Sow;Mbaye;Adjovi;Coulibaly;Mahamat;Tchalla;Nkoulou;"
               "Agbéko;Sané",
               "", "BEN CIV CMR MLI SEN TCD TGO"},
    NameOrigin{"african", false,
               "Kwame;Chukwuemeka;Juma;Thabo;Babajide;Kipchumba;Mwila;Jean-Bosco;Okello;Sipho",
               "Ngozi;Wanjiru;Thandiwe;Adaeze;Achieng;Nokuthula;Mutale;Uwase;Nakato;Ẹniọlá",
               "Okafor;Mensah;Wanjala;Nkosi;Adébáyọ̀;Mwangi;Banda;Uwimana;Ochieng;Dlamini;Ọláyínká;Mugisha;"
               "Owusu-Ansah;Phiri",
               "", "GHA KEN NGA RWA TZA UGA ZAF ZMB"},
    NameOrigin{
        "nordic", false, "Søren;Åke;Jörgen;Bjørn;Mikkel;Håkon;Øystein;Þór;Väinö;Lars-Erik",
        "Æsa;Åsa;Sólveig;Märta;Guðrún;Ingrid;Bodil;Päivi;Ragnhild;Ólöf",
        "Østergård;Sjöberg;Lindqvist;Håkansson;Mäkelä;Bjørnstad;Þórarinsson;Ærøskjold;Nygård;Kjærgaard;"
        "Hämäläinen;Ström",
        "", "DNK FIN ISL NOR SWE"},
    NameOrigin{
        "english", false, "James;Oliver;Declan;Thomas;Ciarán;William;Henry;Marcus;Rhys;Andrew;Daniel;Seán",
        "Charlotte;Siobhán;Emily;Grace;Aoife;Hannah;Margaret;Zoë;Rachel;Victoria;Bronwen;Chloe",
        "O'Brien;Smith-Jones;Thompson;MacDonald;Fitzgerald;Ashworth;O'Connor;Pemberton;Whitaker;Bradshaw;"
        "Harrington;Llewellyn;Clarke;Mackenzie",
        "", "USA GBR AUS IRL CAN"},
};

} // namespace

std::span<const NameOrigin> name_origins() { return origins; }

} // namespace montbrillant
