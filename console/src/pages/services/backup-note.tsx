import { useQuery } from '@tanstack/react-query';
import { termsQuery } from '../../api/queries.ts';
import type { Service } from '../../api/types.ts';
import { useTexts } from '../../i18n/texts.ts';
import { ClauseChip } from '../../ui/clause.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { Panel } from '../../ui/kit.tsx';

/** Who keeps the data safe by the terms, and how it is copied out. */
export function BackupNote({ service }: { service: Service }) {
  const { t } = useTexts();
  const backup = useQuery(termsQuery).data?.parameters.backup;
  if (!backup) return null;
  const ssh = service.instance?.ssh;
  const ways = ssh
    ? ([
        ['rsync', `rsync -avz -e 'ssh -p ${ssh.port}' root@${ssh.host}:/srv/ ./srv/`],
        ['SFTP', `sftp -P ${ssh.port} root@${ssh.host}`],
      ] as const)
    : [];
  return (
    <Panel
      title={t(backup.rule === 'none' ? 'backup.none' : 'backup.yours')}
      lead={t(backup.rule === 'none' ? 'backup.noneLead' : 'backup.yoursLead')}
      aside={<ClauseChip id={backup.clause} />}
    >
      {ways.map(([name, command]) => (
        <p key={name} className="ssh-line">
          <span>{name}</span>
          <code>{command}</code>
          <CopyButton text={command} label={t('backup.copy', { name })} />
        </p>
      ))}
      <p className="small faint">{t('backup.elsewhere')}</p>
    </Panel>
  );
}
