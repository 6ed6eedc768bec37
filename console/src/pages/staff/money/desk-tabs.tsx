import { Tabs } from 'antd';
import type { ReactNode } from 'react';
import { Page, Panel } from '../../../ui/kit.tsx';

/** A page of the back office with lists side by side. */
export function DeskTabs(props: {
  title: string;
  lead?: string;
  tabs: { key: string; label: string; children: ReactNode }[];
}) {
  return (
    <Page title={props.title} lead={props.lead}>
      <Panel>
        <Tabs items={props.tabs} destroyOnHidden />
      </Panel>
    </Page>
  );
}
