"""Language codes that Twilio accepts (contract, section 8): Say and Gather differ."""

SAY_LANGUAGES = frozenset(
    """
    af-ZA am-ET ar-AE ar-XA arb bg-BG bn-IN ca-ES cmn-CN cmn-TW cs-CZ cy-GB da-DK de-AT de-DE
    el-GR en-AU en-CA en-GB en-GB-WLS en-IE en-IN en-NZ en-US en-ZA es-ES es-MX es-US fi-FI
    fil-PH fr-CA fr-FR fr-BE gu-IN he-IL hi-IN hu-HU id-ID is-IS it-IT ja-JP kn-IN ko-KR lv-LV
    ml-IN mr-IN ms-MY nb-NO nl-BE nl-NL pa-IN pl-PL pt-BR pt-PT ro-RO ru-RU sk-SK sr-RS sv-SE
    ta-IN te-IN th-TH tr-TR uk-UA vi-VN yue-HK zh-CN zh-HK zh-TW
    """.split()
)

GATHER_LANGUAGES = frozenset(
    """
    af-ZA am-ET ar-AE ar-BH ar-DZ ar-EG ar-IL ar-IQ ar-JO ar-KW ar-LB ar-MA ar-OM ar-PS ar-QA
    ar-SA ar-TN az-AZ bg-BG bn-BD bn-IN ca-ES cs-CZ da-DK de-DE el-GR en-AU en-CA en-GB en-GH
    en-IE en-IN en-KE en-NG en-NZ en-PH en-SG en-TZ en-US en-ZA es-AR es-BO es-CL es-CO es-CR
    es-DO es-EC es-ES es-GT es-HN es-MX es-NI es-PA es-PE es-PR es-PY es-SV es-US es-UY es-VE
    et-EE eu-ES fa-IR fi-FI fil-PH fr-CA fr-FR gl-ES gu-IN he-IL hi-IN hr-HR hu-HU hy-AM id-ID
    is-IS it-IT ja-JP jv-ID ka-GE km-KH kn-IN ko-KR lo-LA lt-LT lv-LV mk-MK ml-IN mn-MN mr-IN
    ms-MY my-MM nar-IQ nb-NO ne-NP nl-BE nl-NL pa-guru-IN pl-PL pt-BR pt-PT ro-RO ru-RU si-LK
    sk-SK sl-SI sq-AL sr-RS su-ID sv-SE sw-KE sw-TZ ta-IN ta-LK ta-MY ta-SG te-IN th-TH tr-TR
    uk-UA ur-IN ur-PK uz-UZ vi-VN yue-Hant-HK zh cmn-Hans-CN zh-TW cmn-Hant-TW zu-ZA
    """.split()
)

POLLY_VOICES = frozenset(
    """
    Aditi Adriano-Neural Amy Amy-Generative Amy-Neural Andres-Generative Andres-Neural
    Aria-Neural Arlet-Neural Arthur-Neural Astrid Ayanda-Generative Ayanda-Neural Bianca
    Bianca-Generative Bianca-Neural Brian Brian-Neural Burcu-Neural Camila Camila-Neural Carla
    Carmen Celine Chantal Conchita Cristiano Daniel-Generative Daniel-Neural
    Danielle-Generative Danielle-Neural Dora Elin-Neural Emma Emma-Neural Enrique Ewa Filiz
    Gabrielle-Neural Geraint Giorgio Gregory-Neural Gwyneth Hala-Neural Hannah-Neural Hans
    Hiujin-Neural Ida-Neural Ines Ines-Neural Isabelle-Neural Ivy Ivy-Neural Jacek Jan Joanna
    Joanna-Generative Joanna-Neural Joey Joey-Neural Justin Justin-Neural Kajal-Generative
    Kajal-Neural Karl Kazuha-Neural Kendra Kendra-Neural Kevin Kevin-Neural Kimberly
    Kimberly-Neural Laura-Neural Lea Lea-Generative Lea-Neural Liam-Neural Lisa-Neural Liv
    Lotte Lucia Lucia-Generative Lucia-Neural Lupe Lupe-Generative Lupe-Neural Mads Maja
    Marlene Mathieu Matthew Matthew-Generative Matthew-Neural Maxim Mia Mia-Neural Miguel
    Mizuki Mía-Generative Naja Niamh-Neural Nicole Ola-Neural Olivia-Generative Olivia-Neural
    Pedro-Generative Pedro-Neural Penelope Raveena Remi-Neural Ricardo Ruben Russell
    Ruth-Generative Ruth-Neural Rémi-Generative Salli Salli-Neural Seoyeon Seoyeon-Neural
    Sergio-Generative Sergio-Neural Sofie-Neural Stephen-Generative Stephen-Neural Suvi-Neural
    Takumi Takumi-Neural Tatyana Thiago-Neural Tomoko-Neural Vicki Vicki-Generative
    Vicki-Neural Vitoria Vitoria-Neural Zayd-Neural Zeina Zhiyu Zhiyu-Neural
    """.split()
)
