/**
 * Frequent Chinese characters that are written in one script only: a character here is not used in the other one (Unicode
 * Unihan, kTraditionalVariant and kSimplifiedVariant), so that each is a mark of its script.
 */
export const TRADITIONAL: ReadonlySet<string> = new Set(
  '這個們來時說國會對於後沒過還點為麼樣問間請謝訂單貨電話號碼帳戶費錢買賣價員務業產網絡線應該當發現實體關開閉門題難見覺視觀覽' +
    '讓認識證試記計設許訊詢詳語課論調談變讀質貴資購車輛轉輸運達遠連進選適遲邊郵鐘鍵錯錄銀鐵長陳陽隨險雖雙雜離靈響頁項順須預領頭顧' +
    '顯類願風飛飯館驗麗齊龍無舊萬與興舉處術衛補裝複製親規協廠歷參嗎嘗圖團園圓報場塊壞壓聲備夠夢學寫寬審專將導層屬島師帶幫幾廣庫張' +
    '彈從復愛態慮戰戲據損擇擊數斷書東條極構標樓樂機歡歲氣決況測滿漢準熱燈狀獨獲環畫異盡監盤確禮種稱穩積筆節範簡簽級紅約紙終組結給統' +
    '經維緊練編總織繼續習聯聽職腦臨臺藝藥',
)

export const SIMPLIFIED: ReadonlySet<string> = new Set(
  '这个们来时说国会对没过还点为么样问间请谢订单货电话号码账户费钱买卖价员务业产网络线应该当发现实体关开闭门题难见觉视观览' +
    '让认识证试记计设许讯询详语课论调谈变读质贵资购车辆转输运达远连进选适迟边邮钟键错录银铁长陈阳随险虽双杂离灵响页项顺须预领头顾' +
    '显类愿风飞饭馆验丽齐龙无旧万与兴举处术卫补装复亲规协厂历参吗尝图团园圆报场块坏压声备够梦学写宽审专将导层属岛师带帮几广库张' +
    '弹从爱态虑战戏损择击数断书东条极构标楼乐机欢岁气决况测满汉热灯状独获环画异尽监盘礼称稳积笔节简签级红约纸终组结给统' +
    '经维紧练编总织继续习联听职脑临艺药',
)
