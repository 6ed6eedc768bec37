/** Who keeps the data safe. */
export const backup = {
  backup: {
    none: '没有备份',
    noneLead: '我们不做、也不卖任何备份。请自己定期把数据拷走：',
    yours: '备份由您负责',
    yoursLead: '备份是您自己的责任，我们不承诺数据可以找回。可以这样拷走：',
    copy: '复制 {{name}} 命令',
    elsewhere: '也可以在机器里用 rclone、s3cmd 等工具把数据推送到别处的对象存储。',
  },
};
