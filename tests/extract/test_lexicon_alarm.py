"""What single sentences say of the ALARM variables, written by hand beside the lexicon; and its own sentences."""

import random

import pytest

from causalsynth.domain import FEMALE, MALE, NEUTRAL, Domain
from causalsynth.extract import Extractor

DOMAIN = Domain.load("alarm")
LEXICON = DOMAIN.lexicon
EXTRACTOR = Extractor(LEXICON)
FORMS = [
    (variable, state, form)
    for variable, wording in LEXICON.variables.items()
    for state, said in wording.states.items()
    for form in (*said.say, *said.brief)
]
CASES = """
# states, numbers, groups and faults in plain sentences
CVP 8 mmHg, wedge 10, PA pressure 22/10: all within normal limits. | CVP=NORMAL PCWP=NORMAL PAP=NORMAL
Filling pressures were raised on both sides. | CVP=HIGH PCWP=HIGH
Both filling pressures are low. | CVP=LOW PCWP=LOW
Central venous pressure normal but the wedge is elevated at 24 mmHg. | CVP=NORMAL PCWP=HIGH
Cardiac output was low with a reduced stroke volume and a high SVR. | CO=LOW STROKEVOLUME=LOW TPR=HIGH
The patient was hypotensive (72/40) and bradycardic. | BP=LOW HR=LOW
MAP 52 mmHg. | BP=LOW
BP 118/72. | BP=NORMAL
Blood pressure had fallen to 70/35. | BP=LOW
The heart rate derived from the arterial line was low whereas that from the ECG was normal. | HRBP=LOW HREKG=NORMAL
The ECG-derived rate was high, the oximeter-derived rate was low and the rate from the pressure line normal. \
| HREKG=HIGH HRSAT=LOW HRBP=NORMAL
SpO2 84 % on the pulse oximeter. | SAO2=LOW
Arterial saturation 97 %, pulmonary venous saturation normal. | SAO2=NORMAL PVSAT=NORMAL
Both arterial and pulmonary venous saturations were high. | SAO2=HIGH PVSAT=HIGH
EtCO2 5.1 kPa, PaCO2 5.4 kPa. | EXPCO2=NORMAL ARTCO2=NORMAL
There was no end-tidal CO2. | EXPCO2=ZERO
The capnograph trace was flat. | EXPCO2=ZERO
The capnograph showed zero CO2. | EXPCO2=ZERO
Arterial CO2 tension was elevated at 68 mmHg. | ARTCO2=HIGH
The ventilator was set to a normal minute volume. | MINVOLSET=NORMAL
The set minute volume was too low. | MINVOLSET=LOW
Minute volume had been set high by mistake. | MINVOLSET=HIGH
The measured minute volume was zero. | MINVOL=ZERO
No expired minute volume was registered. | MINVOL=ZERO
The machine delivered a low ventilation. | VENTMACH=LOW
Ventilation delivered by the machine was high. | VENTMACH=HIGH
The ventilator itself was delivering nothing. | VENTMACH=ZERO
Ventilation through the tube was nil. | VENTTUBE=ZERO
There was no flow through the tube. | VENTTUBE=ZERO
Flow along the endotracheal tube was reduced. | VENTTUBE=LOW
Lung ventilation was low and alveolar ventilation zero. | VENTLUNG=LOW VENTALV=ZERO
Neither lung was being ventilated. | VENTLUNG=ZERO
The lungs were not ventilated. | VENTLUNG=ZERO
Ventilation of the lungs and of the alveoli was normal. | VENTLUNG=NORMAL VENTALV=NORMAL
There was no alveolar ventilation. | VENTALV=ZERO
Machine ventilation, tube ventilation, lung ventilation and alveolar ventilation were all normal. \
| VENTMACH=NORMAL VENTTUBE=NORMAL VENTLUNG=NORMAL VENTALV=NORMAL
Airway pressure was 48 cmH2O. | PRESS=HIGH
Peak airway pressure was low at 6. | PRESS=LOW
There was no airway pressure at all. | PRESS=ZERO
The airway pressure read zero. | PRESS=ZERO
Catecholamines were not raised. | CATECHOL=NORMAL
Circulating catecholamine levels were markedly elevated. | CATECHOL=HIGH
Shunt was not increased. | SHUNT=NORMAL
The shunt fraction was raised at 30 %. | SHUNT=HIGH
There was a significant intrapulmonary shunt. | SHUNT=HIGH
FiO2 was 0.5. | FIO2=NORMAL
FiO2 had dropped to 16 %. | FIO2=LOW
Inspired oxygen was normal. | FIO2=NORMAL
The inspired gas was hypoxic with an FiO2 of 0.15. | FIO2=LOW
There is no history of heart failure. | HISTORY=FALSE
No known previous LV failure. | HISTORY=FALSE
She has a past history of left ventricular failure. | HISTORY=TRUE
He was in left ventricular failure in 2019 but is not in failure now. | HISTORY=TRUE LVFAILURE=FALSE
There was acute left ventricular failure. | LVFAILURE=TRUE
The left ventricle was failing. | LVFAILURE=TRUE
No evidence of LV failure on echo. | LVFAILURE=FALSE
He has never been in heart failure and is not in heart failure now. | HISTORY=FALSE LVFAILURE=FALSE
The patient was hypovolaemic after losing three litres. | HYPOVOLEMIA=TRUE
Hypovolaemia, anaphylaxis and pulmonary embolism were excluded. | HYPOVOLEMIA=FALSE ANAPHYLAXIS=FALSE PULMEMBOLUS=FALSE
No hypovolaemia, no anaphylaxis, no pulmonary embolism. | HYPOVOLEMIA=FALSE ANAPHYLAXIS=FALSE PULMEMBOLUS=FALSE
There were no signs of anaphylaxis or pulmonary embolism. | ANAPHYLAXIS=FALSE PULMEMBOLUS=FALSE
The patient developed anaphylaxis to rocuronium. | ANAPHYLAXIS=TRUE
A massive pulmonary embolus was seen on TOE. | PULMEMBOLUS=TRUE
CTPA showed a saddle embolus. | PULMEMBOLUS=TRUE
The tube was kinked at the teeth. | KINKEDTUBE=TRUE
The tube was patent with no kinking. | KINKEDTUBE=FALSE
Tube free of kinks, circuit intact. | KINKEDTUBE=FALSE DISCONNECT=FALSE
The circuit had become disconnected at the Y-piece. | DISCONNECT=TRUE
The breathing circuit was connected throughout. | DISCONNECT=FALSE
All connections were secure. | DISCONNECT=FALSE
The tube was correctly positioned in the trachea. | INTUBATION=NORMAL
Oesophageal intubation was recognised on capnography. | INTUBATION=ESOPHAGEAL
The tube had slipped into the right main bronchus. | INTUBATION=ONESIDED
The tube was neither oesophageal nor endobronchial. | INTUBATION=NORMAL
Anaesthesia was too light. | INSUFFANESTH=TRUE
Depth of anaesthesia was sufficient. | INSUFFANESTH=FALSE
The patient was adequately anaesthetised (BIS 45). | INSUFFANESTH=FALSE
Anaesthesia was not insufficient. | INSUFFANESTH=FALSE
She was inadequately anaesthetised and moving. | INSUFFANESTH=TRUE
There was a low-output error on the blood pressure channel. | ERRLOWOUTPUT=TRUE
No low-output error and no electrocautery error were displayed. | ERRLOWOUTPUT=FALSE ERRCAUTER=FALSE
Electrocautery interference was affecting the ECG and the oximeter. | ERRCAUTER=TRUE
The diathermy was not in use. | ERRCAUTER=FALSE
Left ventricular end-diastolic volume was increased, as was the wedge pressure. | LVEDVOLUME=HIGH PCWP=HIGH
LVEDV small at 45 mL. | LVEDVOLUME=LOW
Stroke volume 30 mL (low), cardiac output 2.0 L/min (low), SVR 2400 (high). | STROKEVOLUME=LOW CO=LOW TPR=HIGH
Total peripheral resistance was decreased. | TPR=LOW
Pulmonary artery pressure was elevated at 55/30. | PAP=HIGH
Heart rate, blood pressure and cardiac output were all normal. | HR=NORMAL BP=NORMAL CO=NORMAL
The true heart rate was 130, but the ECG, arterial line and oximeter all under-read at 40. \
| HR=HIGH HRBP=LOW HREKG=LOW HRSAT=LOW
CVP: normal. PCWP: high. PAP: low. | CVP=NORMAL PCWP=HIGH PAP=LOW
CVP ↑, PCWP ↑, CO ↓. | CVP=HIGH PCWP=HIGH CO=LOW
BP low, CO low, SV low, SVR high. | BP=LOW CO=LOW STROKEVOLUME=LOW TPR=HIGH
Pulmonary venous blood was desaturated. | PVSAT=LOW
Repeat the CVP if the blood pressure is low. |
If airway pressure is high, check for a kinked tube. |
The high airway pressure alarm was silenced. |
Family history of heart failure in the father. |
Anaphylaxis kit is at hand. |
He is a known hypertensive on ramipril. |
Cuff pressure 25 cmH2O. |
Normal saline was given. |
Mixed venous saturation 65 %. |
Tryptase was sent to look for anaphylaxis. |
Pulmonary embolism cannot be excluded. | PULMEMBOLUS=uncertain
Right heart failure was seen. |
Airway resistance was high. |
He coped well; the left ventricle was contracting well. | LVFAILURE=FALSE
The expired minute volume was nil although the set minute volume was normal. | MINVOL=ZERO MINVOLSET=NORMAL
# prose of several facts a sentence
Heart rate was low on the ECG and low on the arterial line but normal on the oximeter; the true rate was 72, normal. \
| HR=NORMAL HREKG=LOW HRBP=LOW HRSAT=NORMAL
She was tachycardic at 128, confirmed by ECG (127), arterial line (129) and pulse oximeter (128). \
| HR=HIGH HREKG=HIGH HRBP=HIGH HRSAT=HIGH
All three heart-rate sources (ECG, arterial line, oximeter) read high. | HRBP=HIGH HREKG=HIGH HRSAT=HIGH
HR (ECG) 44, HR (art) 118, HR (SpO2) 120. | HREKG=LOW HRBP=HIGH HRSAT=HIGH
The pulse-oximeter rate and the ECG rate were both falsely low owing to diathermy interference. \
| HRSAT=LOW HREKG=LOW ERRCAUTER=TRUE
The arterial-line heart rate was spuriously low because of a low-output error. | HRBP=LOW ERRLOWOUTPUT=TRUE
His blood pressure was maintained at 125/70 and cardiac output was preserved at 5.2 L/min. | BP=NORMAL CO=NORMAL
Profound hypotension of 55/30 with a cardiac output of 1.8 L/min. | BP=LOW CO=LOW
Marked hypertension to 195/110. | BP=HIGH
Systemic vascular resistance was within normal limits. | TPR=NORMAL
SVR low at 520 dyn·s/cm5. | TPR=LOW
End-diastolic volume of the left ventricle was reduced, stroke volume likewise. | LVEDVOLUME=LOW STROKEVOLUME=LOW
Wedge 4, CVP 1, both low. | PCWP=LOW CVP=LOW
PA pressures were elevated (58/28, mean 38). | PAP=HIGH
The wedge pressure and the central venous pressure were raised, but the pulmonary artery pressure was normal. \
| PCWP=HIGH CVP=HIGH PAP=NORMAL
Set minute ventilation normal; delivered ventilation from the machine normal; flow through the ETT low. \
| MINVOLSET=NORMAL VENTMACH=NORMAL VENTTUBE=LOW
The ventilator was programmed for a normal minute volume, yet its output was zero. | MINVOLSET=NORMAL
The ventilator's minute volume setting was low, and so the machine's output was low too. | MINVOLSET=LOW VENTMACH=LOW
Gas passing through the tube was reduced. | VENTTUBE=LOW
Tube ventilation was absent, lung ventilation was absent, alveolar ventilation was absent. \
| VENTTUBE=ZERO VENTLUNG=ZERO VENTALV=ZERO
No gas reached the lungs. | VENTLUNG=ZERO
Exhaled minute volume measured 0 L/min. | MINVOL=ZERO
Exhaled minute volume 6.4 L/min. | MINVOL=NORMAL
Exhaled minute volume was low at 1.2 L. | MINVOL=LOW
The expired minute volume was higher than expected. | MINVOL=HIGH
Airway pressures were unremarkable (18 cmH2O). | PRESS=NORMAL
Peak inspiratory pressure rose to 45 cmH2O. | PRESS=HIGH
Expired CO2 was zero on the capnograph. | EXPCO2=ZERO
End-tidal CO2 rose to 62 mmHg. | EXPCO2=HIGH
ETCO2: 38 mmHg. | EXPCO2=NORMAL
The arterial blood gas showed PaCO2 38 mmHg and SaO2 97 %. | ARTCO2=NORMAL SAO2=NORMAL
ABG: hypercapnia with a PaCO2 of 9.2 kPa. | ARTCO2=HIGH
Oxygen saturation fell to 75%. | SAO2=LOW
Pulmonary venous O2 saturation was reduced. | PVSAT=LOW
Pulmonary vein saturation 70 %. | PVSAT=LOW
The inspired oxygen concentration was adequate. | FIO2=NORMAL
FiO2 0.6, normal. | FIO2=NORMAL
Catecholamine levels normal. | CATECHOL=NORMAL
Sympathetic drive was high with raised catecholamines. | CATECHOL=HIGH
No previous cardiac failure and no sign of left ventricular failure at present. | HISTORY=FALSE LVFAILURE=FALSE
PMH: LVF 2018. | HISTORY=TRUE
There is no past medical history of heart failure. | HISTORY=FALSE
He has a documented history of left ventricular failure, but there is no failure at present. \
| HISTORY=TRUE LVFAILURE=FALSE
A patient with known previous LV failure. | HISTORY=TRUE
The heart was not failing. | LVFAILURE=FALSE
Echocardiography confirmed acute left ventricular failure. | LVFAILURE=TRUE
The patient was volume depleted. | HYPOVOLEMIA=TRUE
Not hypovolaemic; well filled. | HYPOVOLEMIA=FALSE
Volume status normal. | HYPOVOLEMIA=FALSE
There was nothing to suggest anaphylaxis. | ANAPHYLAXIS=FALSE
Severe anaphylactic shock after antibiotics. | ANAPHYLAXIS=TRUE
No thromboembolic event in the lungs; no PE on CT. | PULMEMBOLUS=FALSE
The endotracheal tube was found to be kinked in the pharynx. | KINKEDTUBE=TRUE
No kinking and no disconnection were found. | KINKEDTUBE=FALSE DISCONNECT=FALSE
The circuit was checked and found intact. | DISCONNECT=FALSE
The ventilator tubing had come off the tube. | DISCONNECT=TRUE
A disconnection at the catheter mount was discovered. | DISCONNECT=TRUE
Endotracheal tube in good position, 22 cm at the lips. | INTUBATION=NORMAL
Correct tube placement was confirmed bronchoscopically. | INTUBATION=NORMAL
The tube was found in the oesophagus. | INTUBATION=ESOPHAGEAL
Right endobronchial intubation was diagnosed. | INTUBATION=ONESIDED
The patient was under light anaesthesia. | INSUFFANESTH=TRUE
Anaesthetic depth was inadequate, with tearing and movement. | INSUFFANESTH=TRUE
Anaesthesia was judged adequate. | INSUFFANESTH=FALSE
Sedation was appropriate. | INSUFFANESTH=FALSE
No awareness or light anaesthesia. | INSUFFANESTH=FALSE
No low output artefact on the pressure trace. | ERRLOWOUTPUT=FALSE
The monitor did not flag a low-output error. | ERRLOWOUTPUT=FALSE
Electrocautery artefact on the ECG was ruled out. | ERRCAUTER=FALSE
The cautery caused no interference. | ERRCAUTER=FALSE
There was electrosurgical interference on the monitors. | ERRCAUTER=TRUE
Neither cautery interference nor a low-output error was noted. | ERRCAUTER=FALSE ERRLOWOUTPUT=FALSE
CO 4.9 L/min (normal), SV 70 mL (normal), SVR 1100 (normal). | CO=NORMAL STROKEVOLUME=NORMAL TPR=NORMAL
Preload indices (CVP, PCWP, LVEDV) were all elevated. | CVP=HIGH PCWP=HIGH LVEDVOLUME=HIGH
CVP low, PCWP low, PAP normal, LVEDV low. | CVP=LOW PCWP=LOW PAP=NORMAL LVEDVOLUME=LOW
Haemodynamics: BP normal, HR normal, CO normal. | BP=NORMAL HR=NORMAL CO=NORMAL
Neither raised nor lowered, the CVP was normal. | CVP=NORMAL
The CVP was 12. |
Despite a low CVP, the blood pressure was normal. | CVP=LOW BP=NORMAL
The high airway pressure was explained by the kinked tube. | PRESS=HIGH KINKEDTUBE=TRUE
A shunt was not demonstrable. | SHUNT=NORMAL
Shunt fraction within normal range. | SHUNT=NORMAL
Minute volume was set at a low value of 3 L/min. | MINVOLSET=LOW
Minute volume (set): high. Minute volume (measured): low. | MINVOLSET=HIGH MINVOL=LOW
MV set 7.0, MV expired 6.8. | MINVOLSET=NORMAL MINVOL=NORMAL
Central venous, wedge and pulmonary artery pressures low. | CVP=LOW PCWP=LOW PAP=LOW
The pressure in the pulmonary artery was normal, as were those in the central veins. | PAP=NORMAL
# shorthand, lists and other people's habits
Nil cardiac hx, no LVF in the past. | HISTORY=FALSE
LV function good, no LVF. | LVFAILURE=FALSE
No LV failure, past or present. | HISTORY=FALSE LVFAILURE=FALSE
LVF now: no. Past LVF: yes. | LVFAILURE=FALSE HISTORY=TRUE
Not in LVF. | LVFAILURE=FALSE
She went into acute left heart failure on the table. | LVFAILURE=TRUE
Adequately volume-resuscitated, no volume deficit. | HYPOVOLEMIA=FALSE
He's bled three litres and is markedly hypovolaemic. | HYPOVOLEMIA=TRUE
A clot in the lung was ruled out. | PULMEMBOLUS=FALSE
Lung embolism: no. | PULMEMBOLUS=FALSE
PE confirmed on CTPA. | PULMEMBOLUS=TRUE
We found a kink in the ETT at 18 cm. | KINKEDTUBE=TRUE
ETT not kinked, not in the oesophagus, not endobronchial. | KINKEDTUBE=FALSE INTUBATION=NORMAL
No leak and no disconnection anywhere. | DISCONNECT=FALSE
The hose had popped off the Y-piece. | DISCONNECT=TRUE
Circuit disconnect: yes. | DISCONNECT=TRUE
ETT 22 cm at lips, bilateral breath sounds. | INTUBATION=NORMAL
One-lung intubation on the right. | INTUBATION=ONESIDED
The tube tip was in the right mainstem. | INTUBATION=ONESIDED
He was not under-anaesthetised. | INSUFFANESTH=FALSE
Anaesthesia light, BIS 75. | INSUFFANESTH=TRUE
Anesthesia insufficient (BIS 78). | INSUFFANESTH=TRUE
No sign of light anaesthesia. | INSUFFANESTH=FALSE
BP module in low-output error. | ERRLOWOUTPUT=TRUE
Low-output flag raised on the A-line channel. | ERRLOWOUTPUT=TRUE
The low-output fault was not signalled. | ERRLOWOUTPUT=FALSE
Diathermy interference: nil. | ERRCAUTER=FALSE
Cautery noise on ECG and SpO2. | ERRCAUTER=TRUE
No interference from diathermy. | ERRCAUTER=FALSE
Sats in the low 80s. | SAO2=LOW
PA mean 39, high. | PAP=HIGH
PA 58/30, high. | PAP=HIGH
HR by ECG 44/min (low). | HREKG=LOW
ECG HR: low. Oximeter HR: high. BP-line HR: normal. | HREKG=LOW HRSAT=HIGH HRBP=NORMAL
Heart rate: true 78, normal; ECG 42, low; arterial line 40, low; oximeter 41, low. \
| HR=NORMAL HREKG=LOW HRBP=LOW HRSAT=LOW
Nothing through the ETT, nothing into the lungs. | VENTTUBE=ZERO VENTLUNG=ZERO
Zero flow in the ETT. | VENTTUBE=ZERO
Ventilator output nil. | VENTMACH=ZERO
The ventilator put out a high volume. | VENTMACH=HIGH
The lungs were over-ventilated. | VENTLUNG=HIGH
The lungs received a normal ventilation. | VENTLUNG=NORMAL
The lungs were being ventilated normally and so were the alveoli. | VENTLUNG=NORMAL VENTALV=NORMAL
Lungs hypoventilated. | VENTLUNG=LOW
Alveolar hypoventilation was present. | VENTALV=LOW
Alveolar ventilation high, PaCO2 therefore low. | VENTALV=HIGH ARTCO2=LOW
Arterial carbon dioxide was low, expired carbon dioxide absent. | ARTCO2=LOW EXPCO2=ZERO
No CO2 came back on the capnograph. | EXPCO2=ZERO
Capnography: zero. | EXPCO2=ZERO
Spirometer: zero. | MINVOL=ZERO
The spirometer showed a low minute volume. | MINVOL=LOW
Minute volume as set on the ventilator: high. | MINVOLSET=HIGH
The dial was set to a high minute volume. | MINVOLSET=HIGH
A low minute volume had been dialled in. | MINVOLSET=LOW
I had set a normal minute volume. | MINVOLSET=NORMAL
The set MV is normal, the machine delivers normally, but the tube carries little. \
| MINVOLSET=NORMAL VENTMACH=NORMAL VENTTUBE=LOW
Ventilation was normal at the machine, low in the tube, zero in the lungs and zero in the alveoli. \
| VENTMACH=NORMAL VENTTUBE=LOW VENTLUNG=ZERO VENTALV=ZERO
Airway pressure nil. | PRESS=ZERO
Airway pressure was increased, reaching 44 cmH2O. | PRESS=HIGH
Paw 18, normal. | PRESS=NORMAL
Catecholamines elevated, TPR elevated, BP elevated. | CATECHOL=HIGH TPR=HIGH BP=HIGH
Catechols normal despite hypoxaemia. | CATECHOL=NORMAL
Plasma adrenaline and noradrenaline were within normal limits. | CATECHOL=NORMAL
Stroke volume and cardiac output both fell. | STROKEVOLUME=LOW CO=LOW
LVEDV, SV and CO were all within the normal range. | LVEDVOLUME=NORMAL STROKEVOLUME=NORMAL CO=NORMAL
The left ventricle's end-diastolic volume was high. | LVEDVOLUME=HIGH
SaO2 99 %, high-normal. | SAO2=NORMAL
Arterial oxygen saturation was high at 99.5 %. | SAO2=HIGH
Pulmonary venous blood was well saturated. | PVSAT=NORMAL
Oxygen delivery was normal with an FiO2 of 40 %. | FIO2=NORMAL
The oxygen concentration in the inspired gas was low. | FIO2=LOW
The inspired oxygen fraction had fallen below target. | FIO2=LOW
Arterial line HR 128 bpm. | HRBP=HIGH
BP normal at 124/76, CVP normal at 7, wedge normal at 10. | BP=NORMAL CVP=NORMAL PCWP=NORMAL
Neither the CVP nor the wedge was raised. | CVP=uncertain PCWP=uncertain
The wedge was not low. | PCWP=uncertain
CVP possibly high. | CVP=uncertain
BP was low at first, later normal. | BP=conflict
The blood pressure should be kept normal. |
Target MAP 65. |
Previously his CVP was high. |
Call me if SpO2 falls below 90 %. |
We will check for low cardiac output. |
Raise the FiO2 if saturation is low. |
High-flow oxygen by mask. |
Low molecular weight heparin withheld. |
# the past of the left ventricle apart from its present
No failure of the left ventricle, then or now. | HISTORY=FALSE LVFAILURE=FALSE
Heart failure on two earlier occasions. She is not in failure now. | HISTORY=TRUE LVFAILURE=FALSE
She was treated for heart failure in 2014. | HISTORY=TRUE
No heart failure before this operation, so the lady says. | HISTORY=FALSE
CCF/LVF hx: nil | HISTORY=FALSE
Her heart had never given any trouble. | HISTORY=FALSE
LV failing again this evening. | LVFAILURE=TRUE
The LV is squeezing nicely. | LVFAILURE=FALSE
# flags and interference
The low-output flag on the arterial channel stayed dark. | ERRLOWOUTPUT=FALSE
Low-output warning: not lit. | ERRLOWOUTPUT=FALSE
The low-output alarm did not come on. | ERRLOWOUTPUT=FALSE
A low-output flag came up on the pressure channel. | ERRLOWOUTPUT=TRUE
The diathermy did not disturb the ECG. | ERRCAUTER=FALSE
The cautery is swamping both traces. | ERRCAUTER=TRUE
# short names that mean what was spoken of before
End-tidal CO2 low at 2.2 kPa, arterial high at 8.4. | EXPCO2=LOW ARTCO2=HIGH
Pulmonary venous saturation low, arterial low too. | PVSAT=LOW SAO2=LOW
The set minute volume was normal, the expired nil. | MINVOLSET=NORMAL MINVOL=ZERO
The arterial high point of the list. |
Blood pressure normal, arterial cannula high on the wrist. | BP=NORMAL
# words that stand alone or belong to something else
CO down, SVR up, wedge unremarkable. | CO=LOW TPR=HIGH PCWP=NORMAL
CVP written down by the nurse. |
The stroke volume was ordinary and the blood pressure below its usual range. | STROKEVOLUME=NORMAL BP=LOW
Only a trickle goes down the tube, and nothing reaches the lungs. | VENTTUBE=LOW VENTLUNG=ZERO
The bellows put out a normal volume. | VENTMACH=NORMAL
Nothing through the tube, nothing to the lungs, nothing to the alveoli. | VENTTUBE=ZERO VENTLUNG=ZERO VENTALV=ZERO
The ECG, the arterial line and the oximeter all show the same tachycardia. | HREKG=HIGH HRBP=HIGH HRSAT=HIGH
Inspired oxygen is where it should be. | FIO2=NORMAL
# where a statement of its own begins
No kink, CVP normal, wedge high. | KINKEDTUBE=FALSE CVP=NORMAL PCWP=HIGH
No gas reaches the lungs, and the alveolar ventilation is likewise nil. | VENTLUNG=ZERO VENTALV=ZERO
Neither the CVP, the wedge nor the PA pressure was high. | CVP=uncertain PCWP=uncertain PAP=uncertain
# where a value was seen
Saturation was normal in the artery but low in the pulmonary veins. | SAO2=NORMAL PVSAT=LOW
The heart rate is high on the ECG and normal on the oximeter. | HREKG=HIGH HRSAT=NORMAL
Blood pressure low on the arterial line. | BP=LOW
A slow rate is displayed by the ECG and by the oximeter. | HREKG=LOW HRSAT=LOW
Arterial (81 %) and pulmonary venous (80 %) saturations were low. | SAO2=LOW PVSAT=LOW
# tube and circuit
The tube was neither kinked nor misplaced. | KINKEDTUBE=FALSE INTUBATION=NORMAL
Tube displaced? No. | INTUBATION=NORMAL
Tip nicely within the trachea. | INTUBATION=NORMAL
The tube went down one side. | INTUBATION=ONESIDED
Every joint was still on and nothing was loose. | DISCONNECT=FALSE
The hose had come off at the elbow. | DISCONNECT=TRUE
Pressure down at 74/40. | BP=LOW
# the three displayed rates
The oximeter's heart rate was normal. | HRSAT=NORMAL
ECG-counted rate within limits. | HREKG=NORMAL
HR-ECG N, HR-ABP high, HR-SpO2 low. | HREKG=NORMAL HRBP=HIGH HRSAT=LOW
The rates (ECG, art line, SpO2) are all elevated. | HREKG=HIGH HRBP=HIGH HRSAT=HIGH
ECG rate low, and the same goes for the oximeter. | HREKG=LOW HRSAT=LOW
At a rate of 80 drops a minute. |
CVP 18 mmHg H, wedge 9 mmHg N. | CVP=HIGH PCWP=NORMAL
60 mL/h of saline, 5 L of oxygen. |
# from the machine to the alveoli
Nothing was passing through the tube. | VENTTUBE=ZERO
Nothing reaches the lungs or the alveoli. | VENTLUNG=ZERO VENTALV=ZERO
Lung and alveolar ventilation are both zero. | VENTLUNG=ZERO VENTALV=ZERO
The bellows churned out an ordinary amount. | VENTMACH=NORMAL
The machine delivers more than it should. | VENTMACH=HIGH
# short names that look ahead
Arterial and pulmonary venous saturations were low. | SAO2=LOW PVSAT=LOW
Expired and arterial CO2 were both high. | EXPCO2=HIGH ARTCO2=HIGH
Blood in the pulmonary veins is desaturated. | PVSAT=LOW
She is desaturated. | SAO2=LOW
Nothing moved: the lungs are not being ventilated at all, and the expired volume was zero. | VENTLUNG=ZERO MINVOL=ZERO
The ECG was slow and the oximeter agrees, 44. | HREKG=LOW HRSAT=LOW
The patient was neither dry nor too light. | HYPOVOLEMIA=FALSE INSUFFANESTH=FALSE
Minute volume set too high by mistake. | MINVOLSET=HIGH
Pressures in the airway went up to 47. | PRESS=HIGH
She is tachycardic at 128, and that is what the ECG and the oximeter show. | HR=HIGH HREKG=HIGH HRSAT=HIGH
The ECG, however, displayed 72 and the oximeter 71, both normal. | HREKG=NORMAL HRSAT=NORMAL
Arterial blood was desaturated (74 %), as was that from the pulmonary veins. | SAO2=LOW PVSAT=LOW
Machine normal, tube low, lungs zero, alveoli zero. | VENTMACH=NORMAL VENTTUBE=LOW VENTLUNG=ZERO VENTALV=ZERO
Lungs clear, the machine is fine. |
The tube was normal. |
The pulmonary vein sample has a high saturation. | PVSAT=HIGH
The ECG shows a slow heart rate. | HREKG=LOW
CVP is 5 with a high PA pressure. | CVP=NORMAL PAP=HIGH
Saturation exceeded the usual range in pulmonary venous and in arterial blood. | PVSAT=HIGH SAO2=HIGH
The wedge sat beneath its expected range. | PCWP=LOW
Anaesthesia too superficial: no. | INSUFFANESTH=FALSE
No LV failure now, and none in the past. | LVFAILURE=FALSE HISTORY=FALSE
We saw no trace of anaphylaxis, her sedation is deep enough. | ANAPHYLAXIS=FALSE INSUFFANESTH=FALSE
Oxygen saturation was high both in arterial and in pulmonary venous blood. | SAO2=HIGH PVSAT=HIGH
It is not bent or kinked. | KINKEDTUBE=FALSE
The tube was badly bent. | KINKEDTUBE=TRUE
He was judged not to be hypovolaemic. | HYPOVOLEMIA=FALSE
Low-output err on the line: not present; cautery err: no. | ERRLOWOUTPUT=FALSE ERRCAUTER=FALSE
Line says 123, high. | HRBP=HIGH
She has been admitted twice last year with heart failure. | HISTORY=TRUE
The rate reads too fast wherever one looks: arterial line, ECG, oximeter. | HRBP=HIGH HREKG=HIGH HRSAT=HIGH
Perfusion low: CVP high, wedge low. | CVP=HIGH PCWP=LOW
PE r/o by CTA. | PULMEMBOLUS=FALSE
The low-output alarm on the pressure channel hasn't fired. | ERRLOWOUTPUT=FALSE
Low output flag not posted on that channel. | ERRLOWOUTPUT=FALSE
BP low (her usual is 130). | BP=LOW
# what is not said, or only of a device
The stethoscope is in the oesophagus. |
The nasogastric tube was kinked. |
The oximeter probe had come loose. |
Ventilation of the lungs ceased entirely and the alveolar ventilation was nil. | VENTALV=ZERO
The blood pressure was unrecordable. |
Pulmonary artery pressure: low; wedge pressure: low; CVP: high. | PAP=LOW PCWP=LOW CVP=HIGH
BP high, heart rate low, cardiac output normal, systemic vascular resistance high. | BP=HIGH HR=LOW CO=NORMAL TPR=HIGH
The heart rate was 48/min, i.e. low. | HR=LOW
SpO2 99 % after treatment. |
The CVP line was flushed. |
ECG leads were replaced. |
The airway pressure limit was set high. |
A low dose of adrenaline raised the blood pressure. |
Cardiac output monitoring was started. |
The circuit was reconnected. |
Stroke volume was high, cardiac output low. | STROKEVOLUME=HIGH CO=LOW
A normal wedge pressure and a low CVP were recorded. | PCWP=NORMAL CVP=LOW
The PaCO2 was high while the end-tidal CO2 was low. | ARTCO2=HIGH EXPCO2=LOW
Pulmonary artery pressure was high, in keeping with the embolus. | PAP=HIGH
The arterial saturation was normal although the pulmonary venous saturation was low. | SAO2=NORMAL PVSAT=LOW
Oximeter reading 88 %. |
Total peripheral resistance and blood pressure were low; catecholamines were normal. | TPR=LOW BP=LOW CATECHOL=NORMAL
"""
SENTENCES = [tuple(line.rsplit("|", 1)) for line in CASES.splitlines() if "|" in line]


def read(text):
    """Give what `text` says as ``CVP=LOW PCWP=uncertain``, in order of the names."""
    values = EXTRACTOR.extract(text).values_by_variable()
    return " ".join(f"{name}={value}" for name, value in sorted(values.items()) if value is not None)


@pytest.mark.parametrize(("text", "expected"), SENTENCES, ids=[text.strip() for text, _ in SENTENCES])
def test_reads_single_sentences(text, expected):
    assert read(text) == " ".join(sorted(expected.split()))


@pytest.mark.parametrize("persona", [NEUTRAL, FEMALE, MALE], ids=["neutral", "she", "he"])
def test_every_form_says_its_fact_and_nothing_else(persona):
    wrong = [
        (form, found)
        for variable, state, form in FORMS
        if (found := read(LEXICON.render(form, persona))) != f"{variable}={state}"
    ]
    assert wrong == []


def test_every_short_form_stands_behind_its_heading():
    wrong = [
        (line, found)
        for variable, wording in LEXICON.variables.items()
        for state, said in wording.states.items()
        for form in said.brief
        if (line := f"{wording.label.capitalize()}: {form.rpartition(': ')[2]}")
        if (found := read(line)) != f"{variable}={state}"
    ]
    assert wrong == []


def test_every_state_has_enough_forms():
    for wording in LEXICON.variables.values():
        for said in wording.states.values():
            assert len(said.say) >= 4
            assert len(said.brief) >= 3


@pytest.mark.parametrize("sentence", [*LEXICON.filler, *LEXICON.opening, *LEXICON.closing])
def test_filler_says_nothing(sentence):
    assert read(LEXICON.render(sentence, FEMALE).format(age=54, person="woman")) == ""


@pytest.mark.parametrize(("joint", "kind"), [(" ", "say"), ("\n- ", "brief"), (". ", "brief"), ("; ", "brief")])
@pytest.mark.parametrize("seed", range(5))
def test_whole_records_of_its_own_forms(seed, joint, kind):
    rng = random.Random(seed)
    skeleton = {name: rng.choice(list(wording.states)) for name, wording in LEXICON.variables.items()}
    parts = [
        LEXICON.render(rng.choice(getattr(LEXICON.variables[name].states[state], kind)), FEMALE)
        for name, state in skeleton.items()
    ]
    parts += [LEXICON.render(sentence, FEMALE) for sentence in rng.sample(LEXICON.filler, 4)] if kind == "say" else []
    rng.shuffle(parts)
    assert EXTRACTOR.extract(joint.join(parts)).values_by_variable() == skeleton
