import { useNavigate, useSearch } from '@tanstack/react-router';
import { Tabs } from 'antd';
import type { ReactNode } from 'react';
import { Page, Panel } from '../../../ui/kit.tsx';

/** A page of the back office with lists side by side; which one is open stands in the address. */
export function DeskTabs(props: {
  title: string;
  lead?: string;
  tabs: { key: string; label: string; children: ReactNode }[];
}) {
  const { tab } = useSearch({ strict: false }) as { tab?: string };
  const navigate = useNavigate();
  const open = props.tabs.find(({ key }) => key === tab) ?? props.tabs[0];
  return (
    <Page title={props.title} lead={props.lead}>
      <Panel>
        <Tabs
          items={props.tabs}
          activeKey={open?.key ?? ''}
          onChange={(key) => navigate({ to: '.', search: { tab: key }, replace: true })}
          destroyOnHidden
        />
      </Panel>
    </Page>
  );
}
