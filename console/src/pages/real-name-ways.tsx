import { Alert } from 'antd';
import { useState } from 'react';
import {
  askGuardian,
  checkCompany,
  checkPerson,
  confirmGuardian,
  handInDocuments,
  type RealName,
} from '../api/verification.ts';
import { IdentityForm } from '../forms/identity-form.tsx';
import { useTexts } from '../i18n/texts.ts';

/** The ways to be verified, one a tab. */

interface Way {
  status: RealName;
  /** Verified already, and to be verified anew. */
  again: boolean;
  refresh: () => Promise<unknown>;
}

const RESIDENT = /^\s*\d{17}[\dXx]\s*$/;
const CREDIT_CODE = /^\s*[0-9A-Za-z]{18}\s*$/;

function feeOf({ attempts }: RealName): string | null {
  return Number(attempts.fee) > 0 ? attempts.fee : null;
}

type Result = 'pass' | 'fail' | 'review';

function Lead({ text, status, result }: { text: string; status?: RealName; result?: Result | null }) {
  const { t } = useTexts();
  return (
    <>
      <p className="faint" style={{ marginBottom: 14 }}>
        {text} {status ? t('identity.left', { count: status.attempts.left_today }) : null}
      </p>
      {result === 'fail' ? (
        <Alert
          type="error"
          showIcon
          role="alert"
          title={t('realName.fail')}
          description={t('identity.result')}
          style={{ marginBottom: 16 }}
        />
      ) : result === 'review' ? (
        <Alert
          type="info"
          showIcon
          role="status"
          title={t('identity.inReview')}
          style={{ marginBottom: 16 }}
        />
      ) : null}
    </>
  );
}

export function PersonWay({ status, again, refresh }: Way) {
  const { t } = useTexts();
  const [result, setResult] = useState<Result | null>(null);
  return (
    <IdentityForm
      fields={[
        { name: 'name', label: t('realName.name') },
        {
          ...{ name: 'id_number', label: t('realName.number'), kind: 'number', pattern: RESIDENT },
          wrong: t('realName.numberInvalid'),
        },
      ]}
      submit={t('realName.submit')}
      fee={feeOf(status)}
      send={({ name = '', id_number = '', ...fee }) =>
        checkPerson({ name, id_number: id_number.toUpperCase(), again, ...fee })
      }
      answered={(answer) => {
        setResult(answer.result);
        return refresh();
      }}
    >
      <Lead text={t('identity.personLead')} status={status} result={result} />
    </IdentityForm>
  );
}

export function CompanyWay({ status, again, refresh }: Way) {
  const { t } = useTexts();
  const [result, setResult] = useState<Result | null>(null);
  return (
    <IdentityForm
      fields={[
        { name: 'name', label: t('identity.companyName') },
        {
          ...{ name: 'credit_code', label: t('identity.creditCode'), kind: 'number' },
          ...{ pattern: CREDIT_CODE, wrong: t('identity.creditCode') },
        },
        { name: 'legal_person', label: t('identity.legalPerson') },
      ]}
      submit={t('realName.submit')}
      fee={feeOf(status)}
      send={({ name = '', credit_code = '', legal_person = '', ...fee }) =>
        checkCompany({ name, credit_code: credit_code.toUpperCase(), legal_person, again, ...fee })
      }
      answered={(answer) => {
        setResult(answer.result);
        return refresh();
      }}
    >
      <Lead text={t('identity.companyLead')} status={status} result={result} />
    </IdentityForm>
  );
}

export function DocumentsWay({ refresh }: Way) {
  const { t } = useTexts();
  return (
    <IdentityForm
      fields={[
        {
          ...{ name: 'kind', label: t('identity.kind'), kind: 'choice' },
          choices: [
            { value: 'person', label: t('identity.person') },
            { value: 'company', label: t('identity.company') },
          ],
        },
        { name: 'name', label: t('identity.paperName') },
        { name: 'number', label: t('identity.paperNumber'), kind: 'number' },
        { name: 'file', label: t('identity.file'), kind: 'file', hint: t('identity.fileHint') },
      ]}
      submit={t('identity.handIn')}
      fee={null}
      send={({ kind, name = '', number = '', file = '' }, key) =>
        handInDocuments({ kind: kind === 'company' ? 'company' : 'person', name, number, files: [file] }, key)
      }
      answered={refresh}
    >
      <Lead text={t('identity.documentsLead')} />
    </IdentityForm>
  );
}

export function GuardianWay({ status, refresh }: Way) {
  const { t } = useTexts();
  const [failed, setFailed] = useState(false);
  const open = status.consents.find(({ state }) => state === 'asked');
  const confirmed = status.consents.some(({ state }) => state === 'confirmed');
  if (confirmed) return <Alert type="success" showIcon role="status" title={t('identity.confirmed')} />;
  if (open)
    return (
      <IdentityForm
        fields={[{ name: 'code', label: t('identity.code'), kind: 'number', pattern: /^\s*\d{6}\s*$/ }]}
        submit={t('identity.confirm')}
        fee={null}
        send={({ code = '' }) => confirmGuardian(open.id, code)}
        answered={refresh}
      >
        <Alert
          type="info"
          showIcon
          role="status"
          title={t('identity.codeSent', { phone: open.phone })}
          style={{ marginBottom: 16 }}
        />
      </IdentityForm>
    );
  const number = { kind: 'number', pattern: RESIDENT, wrong: t('realName.numberInvalid') } as const;
  return (
    <IdentityForm
      fields={[
        { name: 'minor_name', label: t('identity.minorName') },
        { name: 'minor_number', label: t('identity.minorNumber'), ...number },
        { name: 'guardian_name', label: t('identity.guardianName') },
        { name: 'guardian_number', label: t('identity.guardianNumber'), ...number },
        {
          ...{ name: 'relation', label: t('identity.relation'), kind: 'choice' },
          choices: [
            { value: 'parent', label: t('identity.parent') },
            { value: 'guardian', label: t('identity.otherGuardian') },
          ],
        },
        { name: 'phone', label: t('identity.phone'), kind: 'number' },
      ]}
      submit={t('identity.sendCode')}
      fee={feeOf(status)}
      send={({ relation, phone = '', ...said }) =>
        askGuardian({
          minor: { name: said.minor_name ?? '', id_number: said.minor_number ?? '' },
          guardian: { name: said.guardian_name ?? '', id_number: said.guardian_number ?? '' },
          relation: relation === 'guardian' ? 'guardian' : 'parent',
          phone,
          ...(said.accept_fee ? { accept_fee: said.accept_fee } : {}),
        })
      }
      answered={(answer) => {
        setFailed(answer.result === 'fail');
        return refresh();
      }}
    >
      <Lead text={t('identity.guardianLead')} status={status} result={failed ? 'fail' : null} />
    </IdentityForm>
  );
}
