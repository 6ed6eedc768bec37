import { LoadingOutlined } from '@ant-design/icons';
import { Button, type ButtonProps } from 'antd';
import { use } from 'react';
import { ActsOffered } from './acts-offered.ts';

/**
 * How a button looks while its act is under way. (Ant Design's own `loading` can leave its picture, which is named
 * "loading", in the button for good when the answer comes fast.)
 */
export function busyProps(busy: boolean): ButtonProps {
  return busy
    ? {
        icon: <LoadingOutlined aria-hidden="true" role="presentation" />,
        'aria-busy': true,
        className: 'busy',
      }
    : {};
}

/** A button that keeps the focus while its act is under way, and can't be pressed again meanwhile; none where acts aren't offered. */
export function ActButton({ busy, onClick, ...props }: Omit<ButtonProps, 'loading'> & { busy: boolean }) {
  if (!use(ActsOffered)) return null;
  return (
    <Button
      {...props}
      {...busyProps(busy)}
      onClick={(event) => {
        if (busy) event.preventDefault();
        else onClick?.(event);
      }}
    />
  );
}
