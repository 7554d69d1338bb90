import { describe, expect, test } from 'vitest'
import { SIMPLIFIED, TRADITIONAL } from '../../../src/parse/han.ts'
import { languageOf } from '../../../src/parse/language.ts'

describe('languageOf() tells a language where its script leaves no doubt', () => {
  test.each([
    ['el', 'Καλημέρα σας, η παραγγελία μου δεν έχει έρθει ακόμα.'],
    ['el', 'Γεια σας, το iPhone 15 Pro που αγόρασα δεν συνδέεται στο WiFi. Ευχαριστώ'],
    ['ko', '안녕하세요, 주문한 상품이 아직 도착하지 않았습니다.'],
    ['ja', 'お世話になっております。注文した商品がまだ届いていません。'],
    ['ja', 'ログインできません'],
    ['zh-Hant', '您好，我的訂單什麼時候會到？謝謝'],
    ['zh-Hans', '您好，我的订单什么时候会到？谢谢'],
    ['zh-Hans', '你们优の良品店的订单还没有发货，请问什么时候可以收到？'],
    ['th', 'สวัสดีครับ สินค้าที่สั่งยังไม่มาถึง'],
    ['ka', 'გამარჯობა, ჩემი შეკვეთა ჯერ არ მოსულა'],
    ['hy', 'Բարև ձեզ, իմ պատվերը դեռ չի հասել'],
    [undefined, 'Hello, where is my order?'],
    [undefined, 'Здравствуйте, где мой заказ?'],
    [undefined, 'مرحبا، أين طلبي؟'],
    [undefined, 'שלום, איפה ההזמנה שלי?'],
    [undefined, 'Γεια σας'],
    [undefined, 'Hello, my name is Γιώργος Παπαδόπουλος and I have not received my order, please help me with it.'],
    [undefined, '東京都千代田区丸之内一丁目'],
    [undefined, ''],
    [undefined, '“Quoted” – and a dash … €€€€€€€€€€ 😀😀😀😀😀😀😀😀😀'],
  ])('%s: %s', (language, text) => {
    expect(languageOf(text)).toBe(language)
  })
  test('what is quoted, a link, an address or a signature does not count', () => {
    expect(languageOf('> Καλημέρα σας, η παραγγελία μου\n> δεν έχει έρθει ακόμα.\nThank you, it came.')).toBeUndefined()
    expect(
      languageOf(
        'Ευχαριστώ πολύ!\nhttps://a-very-long-link.example/with/many/letters/in/it\nsomebody.with.a.long.name@x.example',
      ),
    ).toBe('el')
    expect(languageOf(`Ευχαριστώ πολύ!\n-- \n${'Our company has a long legal notice. '.repeat(20)}`)).toBe('el')
    expect(languageOf(`Ευχαριστώ πολύ!\n________________________________\nFrom: ${'Support '.repeat(30)}`)).toBe('el')
  })
  test('the lists of the two Chinese scripts share no character', () => {
    expect([...TRADITIONAL].filter((one) => SIMPLIFIED.has(one))).toEqual([])
    expect(TRADITIONAL.size).toBeGreaterThan(150)
    expect(SIMPLIFIED.size).toBeGreaterThan(150)
  })
})
