import { Button, Group, Modal } from "@mantine/core";
import { createContext, type ReactNode, use, useCallback, useState } from "react";
import { useTranslation } from "react-i18next";

/** A question before something that cannot be undone. */
export interface Question {
  readonly title: string;
  /** Names what will be lost. */
  readonly text: string;
  /** The verb on the button, e.g. `Remove`. */
  readonly confirm: string;
  readonly onConfirm: () => void;
}

const AskContext = createContext<((question: Question) => void) | null>(null);

/** Gives a function that asks once. Routine acts do not ask. */
export function useAskFirst(): (question: Question) => void {
  const ask = use(AskContext);
  if (ask === null) throw new Error("This part stands outside of ConfirmProvider");
  return ask;
}

/** Shows questions; stands once around the page. */
export function ConfirmProvider({ children }: { readonly children: ReactNode }) {
  const { t } = useTranslation();
  const [question, setQuestion] = useState<Question | null>(null);
  const [isOpen, setOpen] = useState(false);
  const ask = useCallback((next: Question) => {
    setQuestion(next);
    setOpen(true);
  }, []);
  const close = () => setOpen(false);
  return (
    <AskContext value={ask}>
      {children}
      <Modal
        opened={isOpen}
        onClose={close}
        title={question?.title}
        size="sm"
        closeButtonProps={{ "aria-label": t("dialog.close") }}
      >
        <p>{question?.text}</p>
        <Group justify="flex-end" gap="sm" mt="lg">
          {/* A key pressed once too often, or held, answers no. */}
          <Button variant="default" data-autofocus onClick={close}>
            {t("dialog.cancel")}
          </Button>
          <Button
            color="red"
            onClick={() => {
              question?.onConfirm();
              close();
            }}
          >
            {question?.confirm}
          </Button>
        </Group>
      </Modal>
    </AskContext>
  );
}
