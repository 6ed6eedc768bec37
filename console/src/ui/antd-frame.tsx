import { useQuery } from '@tanstack/react-query';
import { App, ConfigProvider, type ThemeConfig } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import type { ReactNode } from 'react';
import { brandQuery } from '../api/queries.ts';
import { useTexts } from '../i18n/texts.ts';
import { makeStylesAllowed, styleNonce } from './style-nonce.ts';

// A dialog keeps the page under it from scrolling by a style of its own, for which it takes no nonce.
makeStylesAllowed();

/** Ant Design in the brand's colour and the chosen language, for everything that has forms. */
export function AntdFrame({ children, primary }: { children: ReactNode; primary?: string }) {
  const { locale } = useTexts();
  const brand = useQuery(brandQuery).data;
  const theme: ThemeConfig = {
    token: {
      // Whoever asks for stillness gets it (base.css for the rest).
      motion: !matchMedia('(prefers-reduced-motion: reduce)').matches,
      colorPrimary: primary ?? brand?.theme.primary ?? '#1677d2',
      colorLink: primary ?? brand?.theme.primary ?? '#1677d2',
      colorText: '#15212b',
      colorTextDescription: '#6a7885',
      colorTextPlaceholder: '#788693',
      colorBorder: '#cfd7de',
      colorError: '#b3372f',
      colorSuccess: '#14784d',
      colorSuccessBg: '#e8f5ee',
      colorSuccessBorder: '#a9d8c0',
      borderRadius: 8,
      controlHeight: 40,
      controlHeightSM: 30,
      fontFamily: 'var(--sans)',
      fontFamilyCode: 'var(--mono)',
      fontSize: 15,
    },
    components: {
      Form: { itemMarginBottom: 20, labelColor: '#485866', verticalLabelPadding: '0 0 5px' },
      Tabs: { horizontalItemPadding: '10px 0' },
      Button: { fontWeight: 500 },
    },
  };
  return (
    <ConfigProvider
      csp={styleNonce ? { nonce: styleNonce } : {}}
      theme={theme}
      locale={locale === 'zh' ? zhCN : enUS}
      button={{ autoInsertSpace: false }}
      form={{ requiredMark: false, scrollToFirstError: { focus: true } }}
    >
      <App message={{ maxCount: 2, top: 70 }}>{children}</App>
    </ConfigProvider>
  );
}
