import { Outlet } from '@tanstack/react-router';
import { AntdFrame } from './antd-frame.tsx';

/** Forms on the public side: one narrow column. */
export function EntranceLayout() {
  return (
    <AntdFrame>
      <div className="entrance">
        <Outlet />
      </div>
    </AntdFrame>
  );
}
